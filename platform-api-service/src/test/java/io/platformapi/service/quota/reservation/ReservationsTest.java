package io.platformapi.service.quota.reservation;

import static io.platformapi.service.quota.reservation.Reserving.ended;
import static io.platformapi.service.quota.reservation.Reserving.event;
import static io.platformapi.service.quota.reservation.Reserving.granted;
import static io.platformapi.service.quota.reservation.Reserving.key;
import static io.platformapi.service.quota.reservation.Reserving.release;
import static io.platformapi.service.quota.reservation.Reserving.request;
import static io.platformapi.service.quota.reservation.Reserving.seats;
import static io.platformapi.service.quota.reservation.Reserving.settle;
import static io.platformapi.service.quota.reservation.Reserving.tokens;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platformapi.routes.message.CallStatus;
import io.platformapi.service.problem.ConflictException;
import io.platformapi.service.problem.IdempotencyKeyReusedException;
import io.platformapi.service.problem.ResourceNotFoundException;
import io.platformapi.service.problem.ValidationException;
import io.platformapi.service.quota.QuotaFixture;
import io.platformapi.service.quota.balance.QuotaBooks;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaAmounts;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaMode;
import io.platformapi.service.quota.engine.QuotaSelector;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.Quotas;
import io.platformapi.service.quota.engine.WindowKind;
import io.platformapi.service.usage.LedgerScope;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ReservationsTest {
  private static final QuotaWindow DAY = QuotaWindow.of(WindowKind.DAY);

  private static QuotaFixture fixture;
  private static Granter granter;

  @BeforeAll
  static void start() {
    fixture = new QuotaFixture();
    granter = fixture.granter();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void allQuotasThatApplyAreTakenOrNone() {
    Quota wide = Quotas.of(QuotaDimension.INPUT_TOKENS, DAY, 100);
    Quota narrow =
        Quotas.of(
            QuotaDimension.REQUESTS, Map.of(LedgerScope.USER, "*", LedgerScope.MODEL, "*"), 1);
    String tenant = tenantWith(wide, narrow);
    granted(reserve(tenant, request(tokens(40))));
    Outcome.Refused refused = (Outcome.Refused) reserve(tenant, request(tokens(40)));
    assertThat(refused.decision().refusing().get(0).state().quota()).isEqualTo(narrow);
    granted(reserve(tenant, request(null, "bob", tokens(60), null)));
    assertThat(held(tenant, wide)).isEqualTo("100");
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void aGroupIsDecidedInTheOrderInWhichItCame() {
    Quota quota = Quotas.of(QuotaDimension.INPUT_TOKENS, DAY, 12);
    String tenant = tenantWith(quota);
    List<Outcome> outcomes =
        granter.grant(
            tenant,
            List.of(
                request(tokens(5)), request(tokens(6)), request(tokens(5)), request(tokens(1))));
    assertThat(outcomes)
        .extracting(Object::getClass)
        .isEqualTo(
            List.of(
                Outcome.Granted.class,
                Outcome.Granted.class,
                Outcome.Refused.class,
                Outcome.Granted.class));
    assertThat(held(tenant, quota)).isEqualTo("12");
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void whoGivesNoEstimateGetsNothingFromAnExhaustedQuota() {
    String tenant = tenantWith(Quotas.of(QuotaDimension.INPUT_TOKENS, DAY, 12));
    granted(reserve(tenant, request(tokens(0))));
    granted(reserve(tenant, request(tokens(12))));
    assertThat(reserve(tenant, request(tokens(0)))).isInstanceOf(Outcome.Refused.class);
  }

  @Test
  void aRepeatedRequestGetsTheFirstAnswerAndHoldsNothingMore() {
    Quota quota = Quotas.of(QuotaDimension.INPUT_TOKENS, DAY, 10);
    String tenant = tenantWith(quota);
    GrantRequest first = request(null, "ann", tokens(6), key("one", 1));
    UUID id = granted(reserve(tenant, first)).id();
    Outcome.Replayed again = (Outcome.Replayed) reserve(tenant, first);
    assertThat(again.answer().getStatus()).isEqualTo(201);
    assertThat(again.answer().getEntity().toString()).contains(id.toString());
    assertThatThrownBy(() -> reserve(tenant, request(null, "ann", tokens(6), key("one", 2))))
        .isInstanceOf(IdempotencyKeyReusedException.class);
    assertThat(held(tenant, quota)).isEqualTo("6");
    // A refusal is judged anew.
    GrantRequest late = request(null, "ann", tokens(6), key("two", 1));
    assertThat(reserve(tenant, late)).isInstanceOf(Outcome.Refused.class);
    end(tenant, release(id));
    granted(reserve(tenant, late));
    // Within one group, too.
    List<Outcome> group =
        granter.grant(
            tenant,
            List.of(
                request(null, "ann", tokens(1), key("three", 1)),
                request(null, "ann", tokens(1), key("three", 1)),
                request(null, "ann", tokens(1), key("three", 2))));
    assertThat(group.get(1)).isInstanceOf(Outcome.Replayed.class);
    assertThat(((Outcome.Failed) group.get(2)).failure())
        .isInstanceOf(IdempotencyKeyReusedException.class);
    assertThat(held(tenant, quota)).isEqualTo("7");
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void aRequestIdIsOfOneOpenReservationOnly() {
    Quota quota = Quotas.of(QuotaDimension.INPUT_TOKENS, DAY, 100);
    String tenant = tenantWith(quota);
    UUID id = granted(reserve(tenant, request("call-1", "ann", tokens(1), null))).id();
    assertThatThrownBy(() -> reserve(tenant, request("call-1", "ann", tokens(1), null)))
        .isInstanceOf(ConflictException.class);
    List<Outcome> group =
        granter.grant(
            tenant,
            List.of(
                request("call-2", "ann", tokens(1), null),
                request("call-1", "ann", tokens(1), null),
                request("call-2", "ann", tokens(1), null)));
    assertThat(group.get(0)).isInstanceOf(Outcome.Granted.class);
    assertThat(group.subList(1, 3)).allMatch(Outcome.Failed.class::isInstance);
    end(tenant, release(id));
    granted(reserve(tenant, request("call-1", "ann", tokens(1), null)));
    // One that only nobody has ended yet does not stand in the way.
    fixture.clock.move(Reserving.TTL);
    granted(reserve(tenant, request("call-1", "ann", tokens(1), null)));
    assertThat(held(tenant, quota)).isEqualTo("1");
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void aHoldIsGoneAtItsExpiryThoughNobodyHasLooked() {
    Quota quota = Quotas.of(QuotaDimension.INPUT_TOKENS, DAY, 10);
    String tenant = tenantWith(quota);
    UUID id = granted(reserve(tenant, request(tokens(10)))).id();
    fixture.clock.move(Reserving.TTL.minusMillis(1));
    Outcome.Refused refused = (Outcome.Refused) reserve(tenant, request(tokens(10)));
    assertThat(refused.retryAt()).isEqualTo(fixture.clock.instant().plusMillis(1));
    fixture.clock.move(Duration.ofMillis(1));
    assertThat(check(tenant, tokens(10))).isInstanceOf(Outcome.Allowed.class);
    granted(reserve(tenant, request(tokens(10))));
    assertThat(fixture.reservations.get(tenant, id).state()).isEqualTo(ReservationState.EXPIRED);
    assertThatThrownBy(() -> end(tenant, release(id))).isInstanceOf(ConflictException.class);
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void whatWasUsedIsPostedInFullAlsoAboveTheEstimateAndAfterItsTime() {
    Quota quota = Quotas.of(QuotaDimension.INPUT_TOKENS, DAY, 100);
    String tenant = tenantWith(quota);
    UUID id = granted(reserve(tenant, request(tokens(10)))).id();
    Reservation settled = ended(end(tenant, settle(id, tokens(90))));
    assertThat(settled.state()).isEqualTo(ReservationState.SETTLED);
    assertThat(settled.settledBy()).isEqualTo(SettledBy.CALLER);
    assertThat(end(tenant, settle(id, tokens(90)))).isEqualTo(new Outcome.Ended(settled));
    assertThatThrownBy(() -> end(tenant, release(id))).isInstanceOf(ConflictException.class);
    assertThat(used(tenant, quota)).isEqualTo("90");
    assertThat(reserve(tenant, request(tokens(11)))).isInstanceOf(Outcome.Refused.class);
    UUID late = granted(reserve(tenant, request(tokens(10)))).id();
    fixture.clock.move(Reserving.TTL);
    assertThat(fixture.expiry.run(tenant)).isEqualTo(1);
    end(tenant, settle(late, tokens(30)));
    assertThat(used(tenant, quota)).isEqualTo("120");
    assertThat(held(tenant, quota)).isEqualTo("0");
    assertThat(reserve(tenant, request(tokens(0)))).isInstanceOf(Outcome.Refused.class);
    assertThat(fixture.findings(tenant)).isEmpty();
    assertThat(
            fixture.ledger.single(
                tenant,
                "SELECT input_tokens || ',' || requests_succeeded FROM usage_counters c JOIN"
                    + " ledger_accounts a ON a.id = c.account_id"
                    + " WHERE a.scope = 'user' AND a.key = 'ann' AND kind = 'hour'"))
        .isEqualTo("120,2");
  }

  @Test
  void theEventOfTheCallSettlesItsReservation() {
    Quota quota = Quotas.of(QuotaDimension.INPUT_TOKENS, DAY, 100);
    String tenant = tenantWith(quota);
    UUID id = granted(reserve(tenant, request("call-1", "ann", tokens(10), null))).id();
    fixture.post(tenant, List.of(event("call-1", CallStatus.FAILURE, 3, fixture.clock.instant())));
    assertThat(fixture.reservations.get(tenant, id).open()).isTrue();
    assertThat(used(tenant, quota) + "," + held(tenant, quota)).isEqualTo("3,10");
    fixture.post(tenant, List.of(event("call-1", CallStatus.SUCCESS, 8, fixture.clock.instant())));
    Reservation settled = fixture.reservations.get(tenant, id);
    assertThat(settled.settledBy()).isEqualTo(SettledBy.EVENT);
    assertThat(settled.actual()).isEqualTo(tokens(8));
    assertThat(used(tenant, quota) + "," + held(tenant, quota)).isEqualTo("11,0");
    // The caller's word comes too late.
    assertThat(ended(end(tenant, settle(id, tokens(50))))).isEqualTo(settled);
    assertThat(used(tenant, quota)).isEqualTo("11");
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void theEventTakesThePlaceOfTheCallersSettlement() {
    Quota quota = Quotas.of(QuotaDimension.INPUT_TOKENS, DAY, 100);
    Quota rolling =
        Quotas.of(QuotaDimension.TOTAL_TOKENS, QuotaWindow.rolling(Duration.ofHours(5)), 100);
    String tenant = tenantWith(quota, rolling);
    UUID id = granted(reserve(tenant, request("call-1", "ann", tokens(10), null))).id();
    end(tenant, settle(id, tokens(50)));
    fixture.post(tenant, List.of(event("call-1", CallStatus.FAILURE, 0, fixture.clock.instant())));
    assertThat(used(tenant, quota)).isEqualTo("50");
    fixture.post(
        tenant,
        List.of(
            event("call-1", CallStatus.SUCCESS, 8, fixture.clock.instant()),
            event("other", CallStatus.SUCCESS, 1, fixture.clock.instant())));
    assertThat(used(tenant, quota)).isEqualTo("9");
    assertThat(fixture.reservations.get(tenant, id).actual()).isEqualTo(tokens(8));
    assertThat(fixture.reservations.get(tenant, id).settledBy()).isEqualTo(SettledBy.EVENT);
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void aSettlementAfterAnEventThatToldOfUsagePostsNothing() {
    Quota quota = Quotas.of(QuotaDimension.INPUT_TOKENS, DAY, 100);
    String tenant = tenantWith(quota);
    UUID id = granted(reserve(tenant, request("cut", "ann", tokens(10), null))).id();
    fixture.post(tenant, List.of(event("cut", CallStatus.FAILURE, 7, fixture.clock.instant())));
    assertThat(ended(end(tenant, settle(id, tokens(7)))).settledBy()).isEqualTo(SettledBy.EVENT);
    assertThat(used(tenant, quota) + "," + held(tenant, quota)).isEqualTo("7,0");
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void seatsStayTakenUntilTheyAreGivenBack() {
    Quota quota = Quotas.of(QuotaDimension.SEATS, QuotaWindow.of(WindowKind.LIFETIME), 3);
    String tenant = tenantWith(quota, Quotas.of(QuotaDimension.REQUESTS, DAY, 0));
    UUID id = granted(reserve(tenant, request(seats(2)))).id();
    assertThatThrownBy(() -> end(tenant, settle(id, tokens(1))))
        .isInstanceOf(ValidationException.class);
    end(tenant, settle(id, seats(2)));
    assertThat(reserve(tenant, request(seats(2)))).isInstanceOf(Outcome.Refused.class);
    assertThat(fixture.findings(tenant)).isEmpty();
    assertThat(ended(end(tenant, release(id))).state()).isEqualTo(ReservationState.RELEASED);
    end(tenant, release(id));
    assertThat(used(tenant, quota)).isEqualTo("0");
    granted(reserve(tenant, request(seats(3))));
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void aChangedLimitIsInForceOnEveryNodeAtOnce() {
    Quota quota = Quotas.of(QuotaDimension.INPUT_TOKENS, DAY, 100);
    String tenant = tenantWith(quota);
    QuotaBooks books = fixture.otherBooks();
    ReservationService otherNode = fixture.service(books);
    granted(otherNode.reserve(tenant, request(tokens(10))));
    // Nobody is told.
    fixture.put(tenant, List.of(limited(quota, 15)));
    assertThat(otherNode.reserve(tenant, request(tokens(10)))).isInstanceOf(Outcome.Refused.class);
    granted(otherNode.reserve(tenant, request(tokens(5))));
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void aQuotaThatComesInTheMiddleOfItsWindowKnowsWhatWasUsed() {
    String tenant = tenantWith();
    granted(reserve(tenant, request("before", "ann", tokens(10), null)));
    fixture.post(tenant, List.of(event("x", CallStatus.SUCCESS, 90, fixture.clock.instant())));
    Quota quota = Quotas.of(QuotaDimension.INPUT_TOKENS, DAY, 100);
    fixture.put(tenant, List.of(quota));
    assertThat(reserve(tenant, request(tokens(11)))).isInstanceOf(Outcome.Refused.class);
    granted(reserve(tenant, request(tokens(10))));
    fixture.ledger.execute(tenant, "TRUNCATE quota_balances");
    assertThat(reserve(tenant, request(tokens(1)))).isInstanceOf(Outcome.Refused.class);
    fixture.put(tenant, List.of());
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void aHoldOfAQuotaThatIsNoMoreEndsWithoutIt() {
    Quota quota = Quotas.of(QuotaDimension.INPUT_TOKENS, DAY, 100);
    String tenant = tenantWith(quota);
    UUID id = granted(reserve(tenant, request(tokens(10)))).id();
    fixture.put(tenant, List.of());
    end(tenant, settle(id, tokens(5)));
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void usageLeavesARollingWindowPartByPart() {
    Quota quota =
        Quotas.of(QuotaDimension.INPUT_TOKENS, QuotaWindow.rolling(Duration.ofHours(1)), 100);
    String tenant = tenantWith(quota);
    fixture.post(tenant, List.of(event("a", CallStatus.SUCCESS, 60, fixture.clock.instant())));
    fixture.clock.move(Duration.ofMinutes(30));
    fixture.post(tenant, List.of(event("b", CallStatus.SUCCESS, 30, fixture.clock.instant())));
    UUID id = granted(reserve(tenant, request(tokens(10)))).id();
    assertThat(reserve(tenant, request(tokens(1)))).isInstanceOf(Outcome.Refused.class);
    end(tenant, release(id));
    fixture.clock.move(Duration.ofMinutes(31));
    assertThat(reserve(tenant, request(tokens(71)))).isInstanceOf(Outcome.Refused.class);
    granted(reserve(tenant, request(tokens(70))));
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void warningQuotasHoldAndNeverRefuse() {
    Quota quota =
        Quotas.quota(QuotaDimension.INPUT_TOKENS, QuotaSelector.TENANT, DAY, 5, QuotaMode.WARN);
    String tenant = tenantWith(quota);
    granted(reserve(tenant, request(tokens(10))));
    assertThat(held(tenant, quota)).isEqualTo("10");
  }

  @Test
  void aCheckHoldsNothingAndSaysWhatAReservationWouldGet() {
    Quota quota = Quotas.of(QuotaDimension.INPUT_TOKENS, Map.of(LedgerScope.USER, "*"), 10);
    String tenant = tenantWith(quota);
    assertThat(check(tenant, tokens(10))).isInstanceOf(Outcome.Allowed.class);
    assertThat(check(tenant, tokens(11))).isInstanceOf(Outcome.Refused.class);
    fixture.post(tenant, List.of(event("a", CallStatus.SUCCESS, 4, fixture.clock.instant())));
    granted(reserve(tenant, request(tokens(4))));
    Outcome.Allowed allowed = (Outcome.Allowed) check(tenant, tokens(2));
    assertThat(allowed.states().get(0).balance().used()).isEqualTo(4);
    assertThat(allowed.states().get(0).balance().held()).isEqualTo(4);
    assertThat(check(tenant, tokens(3))).isInstanceOf(Outcome.Refused.class);
    assertThat(held(tenant, quota)).isEqualTo("4");
  }

  @Test
  void whatEndedLongAgoIsForgotten() {
    Quota quota = Quotas.of(QuotaDimension.INPUT_TOKENS, QuotaWindow.of(WindowKind.HOUR), 10);
    String tenant = tenantWith(quota);
    UUID id = granted(reserve(tenant, request(tokens(4)))).id();
    UUID open = granted(granter.grant(tenant, List.of(lasting(Duration.ofDays(60)))).get(0)).id();
    end(tenant, release(id));
    fixture.clock.move(Duration.ofDays(4));
    fixture.expiry.forget(tenant);
    assertThatThrownBy(() -> fixture.reservations.get(tenant, id))
        .isInstanceOf(ResourceNotFoundException.class);
    assertThat(held(tenant, quota)).isEqualTo("5");
    end(tenant, settle(open, tokens(5)));
    fixture.expiry.forget(tenant);
    assertThat(fixture.ledger.single(tenant, "SELECT count(*) FROM quota_balances")).isEqualTo("0");
    assertThat(fixture.findings(tenant)).isEmpty();
    fixture.clock.move(Duration.ofDays(-4));
  }

  private static GrantRequest lasting(Duration ttl) {
    GrantRequest any = request(tokens(5));
    return new GrantRequest(
        null, any.subject(), any.estimates(), ttl, any.actor(), any.key(), any.answer());
  }

  private static Quota limited(Quota quota, long limit) {
    return new Quota(
        quota.id(),
        quota.dimension(),
        quota.selector(),
        quota.window(),
        limit,
        quota.mode(),
        List.of(),
        quota.priority(),
        "");
  }

  private static String tenantWith(Quota... quotas) {
    String tenant = fixture.newTenant();
    fixture.put(tenant, List.of(quotas));
    return tenant;
  }

  private static Outcome reserve(String tenant, GrantRequest request) {
    return fixture.reservations.reserve(tenant, request);
  }

  private static Outcome end(String tenant, EndRequest request) {
    return fixture.reservations.end(tenant, request);
  }

  private static Outcome check(String tenant, QuotaAmounts amounts) {
    return fixture
        .reservations
        .check(tenant, List.of(new Checked(Reserving.user("ann"), amounts)))
        .get(0);
  }

  private static String held(String tenant, Quota quota) {
    return sum(tenant, quota, "held");
  }

  private static String used(String tenant, Quota quota) {
    return sum(tenant, quota, "used");
  }

  private static String sum(String tenant, Quota quota, String column) {
    return fixture.ledger.single(
        tenant,
        "SELECT sum(" + column + ") FROM quota_balances WHERE quota_id = '" + quota.id() + "'");
  }
}
