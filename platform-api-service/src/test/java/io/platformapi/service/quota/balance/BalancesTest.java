package io.platformapi.service.quota.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.quota.QuotaFixture;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaMode;
import io.platformapi.service.quota.engine.QuotaSelector;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.Quotas;
import io.platformapi.service.quota.engine.WindowKind;
import io.platformapi.service.usage.GeneratedCalls;
import io.platformapi.service.usage.LedgerScope;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BalancesTest {
  private static final int SEEDS = 12;
  private static final int WRITERS = 4;
  private static final List<ZoneId> ZONES =
      List.of(ZoneId.of("UTC"), ZoneId.of("Europe/Berlin"), ZoneId.of("Asia/Kathmandu"));

  private static QuotaFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new QuotaFixture();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void whatIsUsedIsTheUsageThatEachQuotaCountsWhateverCameFirst() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      Random random = new Random(seed);
      GeneratedCalls calls = new GeneratedCalls(seed);
      String tenant = fixture.newTenant();
      fixture.post(tenant, calls.calls(30));
      fixture.put(tenant, quotas(random));
      List<UsageRecord> twice = calls.calls(30);
      fixture.post(tenant, twice);
      fixture.post(tenant, twice);
      assertThat(fixture.findings(tenant)).as("seed %d, first set", seed).isEmpty();
      fixture.put(tenant, quotas(random));
      calls.deliveries(calls.calls(40), 4).forEach(batch -> fixture.post(tenant, batch));
      assertThat(fixture.findings(tenant)).as("seed %d, second set", seed).isEmpty();
      assertThat(Long.parseLong(count(tenant))).as("balances, seed %d", seed).isGreaterThan(20);
    }
  }

  @Test
  void lostBalancesComeAgainFromTheUsage() {
    String tenant = fixture.newTenant();
    GeneratedCalls calls = new GeneratedCalls(1);
    QuotaWindow lifetime = QuotaWindow.of(WindowKind.LIFETIME);
    fixture.put(
        tenant,
        List.of(
            Quotas.of(QuotaDimension.REQUESTS, lifetime, 1_000),
            Quotas.quota(
                QuotaDimension.REQUESTS,
                QuotaSelector.of(Map.of(LedgerScope.PROVIDER, "*", LedgerScope.MODEL, "*")),
                lifetime,
                1_000,
                QuotaMode.WARN)));
    fixture.post(tenant, calls.calls(50));
    fixture.ledger.execute(tenant, "TRUNCATE quota_balances");
    fixture.post(tenant, calls.calls(10));
    assertThat(fixture.findings(tenant)).isEmpty();
    assertThat(fixture.ledger.single(tenant, "SELECT max(used) FROM quota_balances"))
        .isEqualTo("60");
    assertThat(Long.parseLong(count(tenant))).isGreaterThan(10);
  }

  @Test
  void writersAtTheSameTimeAgreeWhileQuotasChange() throws Exception {
    String tenant = fixture.newTenant();
    fixture.post(tenant, new GeneratedCalls(0).calls(50));
    ExecutorService writers = Executors.newFixedThreadPool(WRITERS + 1);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        GeneratedCalls calls = new GeneratedCalls(100 + writer);
        running.add(
            writers.submit(
                () -> {
                  for (int batch = 0; batch < 25; batch++) {
                    fixture.post(tenant, calls.calls(10));
                  }
                }));
      }
      running.add(
          writers.submit(
              () -> {
                Random random = new Random(7);
                for (int change = 0; change < 8; change++) {
                  fixture.put(tenant, quotas(random));
                  if (change % 2 == 0) {
                    fixture.told(tenant);
                  }
                }
              }));
      for (Future<?> one : running) {
        one.get();
      }
    } finally {
      writers.shutdownNow();
    }
    assertThat(fixture.findings(tenant)).isEmpty();
    assertThat(fixture.ledger.single(tenant, "SELECT count(*) FROM usage_events"))
        .isEqualTo(Integer.toString(50 + WRITERS * 250));
    assertThat(
            fixture.ledger.single(
                tenant,
                "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))
        .isEqualTo("0");
  }

  @Test
  void theVerifierFindsABalanceThatIsWrong() {
    String tenant = fixture.newTenant();
    fixture.put(
        tenant,
        List.of(
            Quotas.of(QuotaDimension.COST, QuotaWindow.of(WindowKind.MONTH), 100),
            Quotas.of(QuotaDimension.REQUESTS, QuotaWindow.rolling(Duration.ofHours(12)), 100)));
    fixture.post(tenant, new GeneratedCalls(1).calls(20));
    assertThat(fixture.findings(tenant)).isEmpty();
    fixture.ledger.execute(
        tenant, "UPDATE quota_balances SET used = used + 1, version = version + 1");
    assertThat(fixture.findings(tenant)).hasSizeGreaterThan(1);
    fixture.ledger.execute(
        tenant, "UPDATE quota_balances SET used = used - 1, version = version + 1");
    fixture.ledger.execute(tenant, "UPDATE quota_balances SET held = 1, version = version + 1");
    assertThat(fixture.findings(tenant)).hasSizeGreaterThan(1);
  }

  private static String count(String tenant) {
    return fixture.ledger.single(tenant, "SELECT count(*) FROM quota_balances");
  }

  /** Some of every kind. */
  private static Collection<Quota> quotas(Random random) {
    Map<Quota.NaturalKey, Quota> quotas = new HashMap<>();
    for (int i = 0; i < 25; i++) {
      QuotaDimension[] dimensions = QuotaDimension.values();
      Quota quota =
          Quotas.quota(
              dimensions[random.nextInt(QuotaDimension.STORAGE_BYTES.ordinal())],
              selector(random),
              window(random),
              random.nextInt(1000),
              QuotaMode.values()[random.nextInt(3)]);
      quotas.put(quota.naturalKey(), quota);
    }
    return quotas.values();
  }

  private static QuotaSelector selector(Random random) {
    Map<LedgerScope, String> values = new EnumMap<>(LedgerScope.class);
    if (random.nextInt(3) == 0) {
      values.put(LedgerScope.TEAM, random.nextBoolean() ? "*" : "team-1");
    }
    if (random.nextInt(3) == 0) {
      values.put(LedgerScope.END_USER, random.nextBoolean() ? "*" : "é世界🙂-3");
    }
    if (random.nextInt(4) == 0) {
      values.put(LedgerScope.API_KEY, random.nextBoolean() ? "*" : "hash-1");
    }
    if (random.nextInt(4) == 0) {
      values.put(LedgerScope.MODEL, random.nextBoolean() ? "*" : "group-1");
    }
    return QuotaSelector.of(values);
  }

  private static QuotaWindow window(Random random) {
    WindowKind kind = WindowKind.values()[random.nextInt(WindowKind.values().length)];
    if (kind == WindowKind.ROLLING) {
      return QuotaWindow.rolling(Duration.ofMinutes(1 + random.nextInt(60 * 24)));
    }
    return new QuotaWindow(
        kind,
        kind.anchored() ? ZONES.get(random.nextInt(ZONES.size())) : QuotaWindow.UTC,
        kind.anchored() ? random.nextInt(24) : 0,
        kind == WindowKind.WEEK || kind == WindowKind.MONTH ? 1 + random.nextInt(7) : 1,
        Duration.ZERO);
  }
}
