package io.platformapi.service.quota.reservation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platformapi.routes.message.CallStatus;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.persistence.SqlWork;
import io.platformapi.service.quota.QuotaFixture;
import io.platformapi.service.quota.balance.BalanceCopy;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.Quotas;
import io.platformapi.service.quota.engine.WindowKind;
import io.platformapi.service.usage.AdjustmentStore;
import io.platformapi.service.usage.LedgerAdjustment;
import io.platformapi.service.usage.LedgerFixture;
import io.platformapi.service.usage.LedgerScope;
import io.platformapi.service.usage.SettlementKey;
import io.platformapi.service.usage.StaleAdjustmentException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Adjustments of the ledger, and the balances of quotas that follow them. */
class AdjustedBalancesTest {
  private static QuotaFixture fixture;

  private final AdjustmentStore.Transaction transaction =
      new AdjustmentStore.Transaction() {
        @Override
        public <T> T run(String tenantId, SqlWork<T> work) {
          return fixture.ledger.node.inTenant.sql(tenantId, work);
        }
      };
  private AdjustmentStore adjustments;
  private String tenant;
  private Instant now;

  @BeforeAll
  static void start() {
    fixture = new QuotaFixture();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @BeforeEach
  void quotas() {
    now = fixture.clock.instant();
    tenant = fixture.newTenant();
    fixture.put(
        tenant,
        List.of(
            Quotas.of(QuotaDimension.INPUT_TOKENS, QuotaWindow.of(WindowKind.DAY), 1_000),
            Quotas.of(QuotaDimension.REQUESTS, Map.of(LedgerScope.USER, "*"), 100),
            Quotas.of(
                QuotaDimension.TOTAL_TOKENS, QuotaWindow.rolling(Duration.ofHours(6)), 10_000)));
    fixture.told(tenant);
    adjustments =
        new AdjustmentStore(
            fixture.ledger.node.inTenant,
            LedgerFixture::tenantOf,
            () -> true,
            id -> {},
            new QuotaFollower(
                fixture.books, fixture.work, BalanceCopy.NONE, fixture.alerts, fixture.clock),
            fixture.clock);
  }

  @Test
  void aCallThatIsPostedCounts() {
    fixture.post(tenant, List.of(call("a", 10)));
    adjust(List.of(call("b", 5)), List.of());
    assertThat(used()).isEqualTo("15");
    holds();
  }

  @Test
  void anEventThatIsTakenBackCountsNoMoreWhateverItWas() {
    UsageRecord success = call("a", 10);
    UsageRecord broken = Reserving.event("b", CallStatus.FAILURE, 7, now);
    fixture.post(tenant, List.of(success, broken, call("c", 1)));
    adjust(List.of(), List.of(success));
    assertThat(used()).isEqualTo("8");
    holds();
    adjust(List.of(), List.of(broken));
    assertThat(used()).isEqualTo("1");
    holds();
  }

  @Test
  void anEventInThePlaceOfAnotherPostsTheDifference() {
    UsageRecord wrong = call("a", 10);
    fixture.post(tenant, List.of(wrong));
    adjust(List.of(call("a", 12)), List.of(wrong));
    assertThat(used()).isEqualTo("12");
    holds();
    assertThat(
            fixture.ledger.single(
                tenant,
                """
                SELECT concat_ws(' ', b.source, b.events, p.input_tokens, p.requests_succeeded)
                FROM ledger_batches b JOIN ledger_postings p ON p.batch_id = b.id
                JOIN ledger_accounts a ON a.id = p.account_id
                WHERE a.scope = 'tenant' AND a.key <> '' ORDER BY b.id DESC LIMIT 1
                """))
        .isEqualTo("reconciliation:run 1 2 0");
  }

  @Test
  void aCallThatItsCallerSettledIsPostedInThePlaceOfThat() {
    UUID id =
        Reserving.granted(
                fixture.reservations.reserve(
                    tenant, Reserving.request("a", "ann", Reserving.tokens(1), null)))
            .id();
    fixture.reservations.end(tenant, Reserving.settle(id, Reserving.tokens(30)));
    assertThat(used()).isEqualTo("30");
    adjust(List.of(call("a", 12)), List.of());
    assertThat(used()).isEqualTo("12");
    holds();
  }

  @Test
  void quotasThatChangeMeanwhileAreFollowed() {
    UsageRecord call = call("a", 10);
    fixture.post(tenant, List.of(call));
    // This node's books do not know yet.
    fixture.put(
        tenant,
        List.of(Quotas.of(QuotaDimension.INPUT_TOKENS, QuotaWindow.of(WindowKind.LIFETIME), 9)));
    adjust(List.of(), List.of(call));
    adjust(List.of(call("b", 4)), List.of());
    assertThat(used()).isEqualTo("4");
    holds();
  }

  @Test
  void anEventIsTakenBackOnceAndNothingOfTheSecondAttemptStays() {
    UsageRecord call = call("a", 10);
    fixture.post(tenant, List.of(call, call("b", 1)));
    adjust(List.of(), List.of(call));
    String batches = fixture.ledger.single(tenant, "SELECT count(*) FROM ledger_batches");
    assertThatThrownBy(() -> adjust(List.of(call("c", 5)), List.of(call)))
        .isInstanceOf(StaleAdjustmentException.class);
    assertThat(fixture.ledger.single(tenant, "SELECT count(*) FROM ledger_batches"))
        .isEqualTo(batches);
    assertThat(used()).isEqualTo("1");
    holds();
  }

  private UsageRecord call(String id, long tokens) {
    return Reserving.event(id, CallStatus.SUCCESS, tokens, now);
  }

  private void adjust(List<UsageRecord> calls, List<UsageRecord> takenBack) {
    adjustments.post(
        tenant,
        new LedgerAdjustment(
            "reconciliation:run",
            calls,
            takenBack.stream()
                .map(call -> new SettlementKey(call.startedAt(), call.eventId()))
                .toList()),
        transaction,
        (connection, batch) -> {});
  }

  /** Of the tenant's tokens of the day, or of its lifetime. */
  private String used() {
    return fixture.ledger.single(
        tenant,
        "SELECT b.used FROM quota_balances b JOIN quotas q ON q.id = b.quota_id WHERE"
            + " q.dimension = 'input_tokens' AND b.subject = '' ORDER BY b.slot DESC LIMIT 1");
  }

  private void holds() {
    assertThat(fixture.findings(tenant)).isEmpty();
  }
}
