package io.platformapi.service.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.http.Money;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaAmounts;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaGrant;
import io.platformapi.service.quota.engine.QuotaState;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.Quotas;
import io.platformapi.service.quota.engine.WindowKind;
import io.platformapi.service.quota.reservation.Settlements;
import io.platformapi.service.quota.reservation.Standings;
import io.platformapi.service.usage.GeneratedCalls;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The budget that an event of posted usage tells, against what the limit is decided by. */
class BudgetTest {
  private static final int SEEDS = 12;
  private static final int STEPS = 16;
  private static final String TOLD =
      """
      SELECT value::json->'payload'->'budget'->>'amount' FROM outbox
      WHERE value::json->>'type' = 'quota.updated' ORDER BY id DESC LIMIT 1
      """;

  private static QuotaFixture fixture;
  private static Standings standings;

  private Random random;
  private String tenant;
  private Quota quota;
  private final List<UUID> grants = new ArrayList<>();

  @BeforeAll
  static void start() {
    fixture = new QuotaFixture();
    standings = new Standings(fixture.work, fixture.expiry);
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void itIsWhatALimitStandsAtWhateverIsGrantedDrawnEndedAndRevoked() {
    int above = 0;
    int drawn = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      random = new Random(seed);
      grants.clear();
      tenant = fixture.newTenant();
      quota = Quotas.of(QuotaDimension.COST, QuotaWindow.of(WindowKind.MONTH), 50);
      fixture.put(tenant, List.of(quota));
      GeneratedCalls calls = new GeneratedCalls(seed);
      for (int step = 0; step < STEPS; step++) {
        fixture.clock.set(Instant.now());
        change();
        if (use(calls.call(fixture.clock.instant()))) {
          QuotaState state = standings.of(tenant, quota.id(), "", 1).orElseThrow().get(0);
          assertThat(fixture.ledger.query(tenant, TOLD))
              .as("seed %d, step %d", seed, step)
              .containsExactly(Money.ofNanos(state.limit(), "USD").amount());
          above += state.granted() > 0 ? 1 : 0;
          drawn += state.balance().used() > quota.limit() ? 1 : 0;
        }
      }
    }
    assertThat(above).isGreaterThan(40);
    assertThat(drawn).isGreaterThan(20);
  }

  @Test
  void whatDoesNotFitIsTheLargestNumber() {
    tenant = fixture.newTenant();
    quota = Quotas.of(QuotaDimension.COST, QuotaWindow.of(WindowKind.MONTH), Long.MAX_VALUE - 1);
    fixture.put(tenant, List.of(quota));
    fixture.clock.set(Instant.now());
    grant(Long.MAX_VALUE, Duration.ofDays(-1), Duration.ofDays(2));
    assertThat(use(new GeneratedCalls(1).call(fixture.clock.instant()))).isTrue();
    assertThat(fixture.ledger.query(tenant, TOLD)).containsExactly("9223372036.854775807");
  }

  /** Reserves and settles, or is told by the gateway. Returns whether anything was posted. */
  private boolean use(UsageRecord call) {
    long cost = random == null ? 1 : 1 + random.nextInt(30);
    if (random == null || random.nextBoolean()) {
      return Settlements.reserveAndSettle(
          fixture, tenant, call, new QuotaAmounts(1, 0, 1, cost, 0, 0));
    }
    fixture.post(tenant, List.of(costing(call, cost)));
    return true;
  }

  private void change() {
    switch (random.nextInt(6)) {
      case 0, 1, 2 ->
          grant(
              1 + random.nextInt(60),
              Duration.ofDays(random.nextInt(80) - 60),
              Duration.ofDays(1 + random.nextInt(80)));
      case 3 -> {
        if (!grants.isEmpty()) {
          fixture.revoke(tenant, grants.remove(random.nextInt(grants.size())));
        }
      }
      case 4 -> {
        if (!grants.isEmpty()) {
          end(grants.remove(random.nextInt(grants.size())));
        }
      }
      default -> {
        // Usage alone.
      }
    }
  }

  private void grant(long amount, Duration after, Duration length) {
    Instant from = fixture.clock.instant().plus(after).truncatedTo(ChronoUnit.MICROS);
    UUID id = UUID.randomUUID();
    grants.add(id);
    fixture.grant(
        tenant, new QuotaGrant(id, quota.id(), null, amount, from, from.plus(length), 100));
  }

  /** As if its time had come. */
  private void end(UUID grant) {
    fixture.ledger.node.inTenant.sql(
        tenant,
        connection ->
            connection
                .createStatement()
                .execute(
                    "UPDATE quota_grants SET ends_at = now() - interval '1 minute' WHERE id = '%s';"
                            .formatted(grant)
                        + "UPDATE quota_set SET version = version + 1"));
  }

  private static UsageRecord costing(UsageRecord call, long cost) {
    return new UsageRecord(
        call.eventId(),
        call.callId(),
        call.responseId(),
        call.status(),
        call.cacheHit(),
        call.stream(),
        call.callType(),
        call.startedAt(),
        call.endedAt(),
        call.teamId(),
        call.organizationId(),
        call.keyHash(),
        call.keyAlias(),
        call.userId(),
        call.endUser(),
        call.provider(),
        call.model(),
        call.modelGroup(),
        call.inputTokens(),
        call.outputTokens(),
        call.totalTokens(),
        cost);
  }
}
