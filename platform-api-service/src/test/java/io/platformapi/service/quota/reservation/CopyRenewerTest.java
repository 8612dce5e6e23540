package io.platformapi.service.quota.reservation;

import static io.platformapi.service.quota.reservation.Reserving.event;
import static io.platformapi.service.quota.reservation.Reserving.tokens;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.routes.message.CallStatus;
import io.platformapi.service.quota.QuotaFixture;
import io.platformapi.service.quota.balance.BalanceCopy;
import io.platformapi.service.quota.balance.RedisBalances;
import io.platformapi.service.quota.balance.RedisCalls;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaMode;
import io.platformapi.service.quota.engine.QuotaSelector;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.Quotas;
import io.platformapi.service.testing.RealServers;
import io.platformapi.service.usage.LedgerScope;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

class CopyRenewerTest {
  private static final Duration LIFE = Duration.ofMinutes(2);

  private static QuotaFixture fixture;
  private static RedisClient redis;
  private static SimpleMeterRegistry meters;
  private static BalanceCopy copy;
  private static Checker checker;
  private static CopyRenewer renewer;

  @BeforeAll
  static void start() {
    fixture = new QuotaFixture();
    redis = RedisClient.create("127.0.0.1", RealServers.redis().port());
    meters = new SimpleMeterRegistry();
    copy =
        new RedisBalances(
            new RedisCalls(redis, meters, System::nanoTime), LIFE, meters, fixture.clock);
    checker = new Checker(fixture.work, fixture.books, fixture.expiry, copy);
    renewer = new CopyRenewer(fixture.work, copy);
  }

  @AfterAll
  static void stop() {
    redis.close();
    fixture.close();
  }

  @Test
  void whatIsAskedForIsReadAgainBeforeItIsForgotten() {
    String tenant = fixture.newTenant();
    fixture.put(tenant, List.of(ofEachUser()));
    // Ann has a row, bob has none. That others do something is not told to the copy here.
    fixture.post(tenant, List.of(event("a", CallStatus.SUCCESS, 4, fixture.clock.instant())));
    assertThat(used(tenant, "ann")).isEqualTo(4);
    assertThat(used(tenant, "bob")).isZero();
    fixture.post(tenant, List.of(event("b", CallStatus.SUCCESS, 3, fixture.clock.instant())));
    double misses = misses();
    assertThat(used(tenant, "ann")).isEqualTo(4);
    renewer.renew();
    assertThat(used(tenant, "ann")).isEqualTo(4);

    fixture.clock.move(LIFE.dividedBy(2));
    assertThat(used(tenant, "ann")).isEqualTo(4);
    assertThat(used(tenant, "bob")).isZero();
    renewer.renew();
    assertThat(used(tenant, "ann")).isEqualTo(7);
    assertThat(used(tenant, "bob")).isZero();
    assertThat(copy.aging()).isEmpty();
    assertThat(misses()).isEqualTo(misses);
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void manyAreReadInSomeGroups() {
    String tenant = fixture.newTenant();
    fixture.put(tenant, List.of(ofEachUser()));
    for (int i = 0; i < 250; i++) {
      used(tenant, "user-" + i);
    }
    fixture.clock.move(LIFE.dividedBy(2));
    for (int i = 0; i < 250; i++) {
      used(tenant, "user-" + i);
    }
    renewer.renew();
    for (int i = 0; i < 250; i++) {
      used(tenant, "user-" + i);
    }
    assertThat(copy.aging()).isEmpty();
  }

  @Test
  void aQuotaThatIsGoneIsLetGo() {
    String tenant = fixture.newTenant();
    Quota quota = ofEachUser();
    fixture.put(tenant, List.of(quota));
    assertThat(used(tenant, "ann")).isZero();
    fixture.clock.move(LIFE.dividedBy(2));
    assertThat(used(tenant, "ann")).isZero();
    fixture.put(tenant, List.of());
    renewer.renew();
    assertThat(copy.aging()).isEmpty();
  }

  /** Over an hour that ends now: its sum is to be believed for a short time only. */
  private static Quota ofEachUser() {
    return Quotas.quota(
        QuotaDimension.INPUT_TOKENS,
        QuotaSelector.of(Map.of(LedgerScope.USER, "*")),
        QuotaWindow.rolling(Duration.ofHours(1)),
        100,
        QuotaMode.ENFORCE);
  }

  private static long used(String tenant, String user) {
    Outcome outcome =
        checker.check(tenant, List.of(new Checked(Reserving.user(user), tokens(1)))).get(0);
    Balance balance = ((Outcome.Allowed) outcome).states().get(0).balance();
    return balance.used();
  }

  private static double misses() {
    return meters.get("platform.quota.copy.balances").tag("outcome", "miss").counter().count();
  }
}
