package io.platformapi.service.quota.reservation;

import static io.platformapi.service.quota.reservation.Reserving.event;
import static io.platformapi.service.quota.reservation.Reserving.granted;
import static io.platformapi.service.quota.reservation.Reserving.release;
import static io.platformapi.service.quota.reservation.Reserving.request;
import static io.platformapi.service.quota.reservation.Reserving.seats;
import static io.platformapi.service.quota.reservation.Reserving.settle;
import static io.platformapi.service.quota.reservation.Reserving.tokens;
import static io.platformapi.service.quota.reservation.Reserving.user;
import static org.assertj.core.api.Assertions.assertThat;

import io.platformapi.routes.message.CallStatus;
import io.platformapi.service.quota.QuotaFixture;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaGrant;
import io.platformapi.service.quota.engine.QuotaState;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.Quotas;
import io.platformapi.service.quota.engine.WindowKind;
import io.platformapi.service.usage.LedgerScope;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Grants on top of limits, on the real database. */
class GrantsTest {
  private static final QuotaWindow DAY = QuotaWindow.of(WindowKind.DAY);

  private static QuotaFixture fixture;
  private static Instant start;

  @BeforeAll
  static void start() {
    fixture = new QuotaFixture();
    start = fixture.clock.instant();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @AfterEach
  void back() {
    fixture.clock.set(start);
  }

  @Test
  void whatIsAboveTheLimitIsDrawnAndComesBackWhenItIsReleased() {
    Quota quota = Quotas.of(QuotaDimension.INPUT_TOKENS, DAY, 10);
    String tenant = tenantWith(quota);
    UUID grant = grant(tenant, quota, null, 6, Duration.ofDays(9), true);
    granted(reserve(tenant, 8));
    assertThat(drawn(tenant, grant)).containsExactly("1970-01-01 0", "2026-11-01 0");
    Reservation above = granted(reserve(tenant, 7));
    assertThat(drawn(tenant, grant)).containsExactly("1970-01-01 5", "2026-11-01 5");
    Outcome.Refused refused = (Outcome.Refused) reserve(tenant, 2);
    QuotaState state = refused.decision().refusing().get(0).state();
    assertThat(List.of(state.limit(), state.granted(), state.remaining()))
        .containsExactly(16L, 6L, 1L);
    end(tenant, release(above.id()));
    assertThat(drawn(tenant, grant)).containsExactly("1970-01-01 0", "2026-11-01 0");
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void whatIsLeftRollsOverAndWhatWasUsedDoesNotComeAgain() {
    Quota quota = Quotas.of(QuotaDimension.INPUT_TOKENS, DAY, 10);
    String tenant = tenantWith(quota);
    UUID kept = grant(tenant, quota, null, 6, Duration.ofDays(9), true);
    UUID lost = grant(tenant, quota, null, 3, Duration.ofDays(9), false);
    // The one that is lost with its window ends first, so it is drawn first.
    settled(tenant, 14);
    assertThat(drawn(tenant, lost)).containsExactly("1970-01-01 3", "2026-11-01 3");
    assertThat(drawn(tenant, kept)).containsExactly("1970-01-01 1", "2026-11-01 1");
    fixture.clock.set(start.plus(Duration.ofDays(1)));
    assertThat(reserve(tenant, 16)).isInstanceOf(Outcome.Refused.class);
    settled(tenant, 15);
    assertThat(drawn(tenant, kept)).containsExactly("1970-01-01 6", "2026-11-01 1", "2026-11-02 5");
    fixture.clock.set(start.plus(Duration.ofDays(2)));
    assertThat(reserve(tenant, 11)).isInstanceOf(Outcome.Refused.class);
    granted(reserve(tenant, 10));
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void usageThatNobodyReservedDrawsTooAndALateCallFromItsOwnWindow() {
    Quota quota = Quotas.of(QuotaDimension.INPUT_TOKENS, DAY, 10);
    String tenant = tenantWith(quota);
    UUID grant = grant(tenant, quota, null, 20, Duration.ofDays(9), true);
    fixture.post(tenant, List.of(event("one", CallStatus.SUCCESS, 13, start)));
    assertThat(drawn(tenant, grant)).containsExactly("1970-01-01 3", "2026-11-01 3");
    fixture.clock.set(start.plus(Duration.ofDays(1)));
    granted(reserve(tenant, 12));
    fixture.post(tenant, List.of(event("late", CallStatus.SUCCESS, 4, start)));
    assertThat(drawn(tenant, grant))
        .containsExactly("1970-01-01 9", "2026-11-01 7", "2026-11-02 2");
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void anActualAboveTheEstimateIsDrawnAndOneBelowGivesBack() {
    Quota quota = Quotas.of(QuotaDimension.INPUT_TOKENS, DAY, 10);
    String tenant = tenantWith(quota);
    UUID grant = grant(tenant, quota, null, 6, Duration.ofDays(9), true);
    Reservation above = granted(reserve(tenant, 12));
    end(tenant, settle(above.id(), tokens(40)));
    assertThat(drawn(tenant, grant)).containsExactly("1970-01-01 6", "2026-11-01 6");
    fixture.clock.set(start.plus(Duration.ofDays(1)));
    assertThat(reserve(tenant, 11)).isInstanceOf(Outcome.Refused.class);
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void aHoldThatExpiresGivesBack() {
    Quota quota = Quotas.of(QuotaDimension.INPUT_TOKENS, DAY, 10);
    String tenant = tenantWith(quota);
    UUID grant = grant(tenant, quota, null, 6, Duration.ofDays(9), true);
    granted(reserve(tenant, 16));
    fixture.clock.set(start.plus(Reserving.TTL));
    granted(reserve(tenant, 13));
    assertThat(drawn(tenant, grant)).containsExactly("1970-01-01 3", "2026-11-01 3");
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void eachUserHasAGrantOfItsOwnAndOneHasMore() {
    Quota quota = Quotas.of(QuotaDimension.INPUT_TOKENS, Map.of(LedgerScope.USER, "*"), 10);
    String tenant = tenantWith(quota);
    UUID each = grant(tenant, quota, null, 2, Duration.ofDays(9), true);
    UUID anns = grant(tenant, quota, "ann", 5, Duration.ofDays(9), true);
    granted(reserve(tenant, request(null, "ann", tokens(17), null)));
    assertThat(reserve(tenant, request(null, "ann", tokens(1), null)))
        .isInstanceOf(Outcome.Refused.class);
    assertThat(reserve(tenant, request(null, "bob", tokens(13), null)))
        .isInstanceOf(Outcome.Refused.class);
    granted(reserve(tenant, request(null, "bob", tokens(12), null)));
    assertThat(drawn(tenant, each))
        .containsExactly(
            "1970-01-01 2 ann", "1970-01-01 2 bob", "2026-11-01 2 ann", "2026-11-01 2 bob");
    assertThat(drawn(tenant, anns)).containsExactly("1970-01-01 5 ann", "2026-11-01 5 ann");
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void seatsThatAreGivenBackAreTheGrantsAgain() {
    Quota quota = Quotas.of(QuotaDimension.SEATS, QuotaWindow.of(WindowKind.LIFETIME), 2);
    String tenant = tenantWith(quota);
    UUID grant = grant(tenant, quota, null, 3, Duration.ofDays(9), false);
    Reservation four = granted(reserve(tenant, request(seats(4))));
    end(tenant, settle(four.id(), seats(4)));
    assertThat(drawn(tenant, grant)).containsExactly("1970-01-01 2");
    // Who has them keeps them when the grant ends, and nobody gets more.
    fixture.clock.set(start.plus(Duration.ofDays(10)));
    assertThat(reserve(tenant, request(seats(1)))).isInstanceOf(Outcome.Refused.class);
    end(tenant, release(four.id()));
    assertThat(drawn(tenant, grant)).containsExactly("1970-01-01 0");
    assertThat(reserve(tenant, request(seats(3)))).isInstanceOf(Outcome.Refused.class);
    granted(reserve(tenant, request(seats(2))));
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void aRevokedGrantGivesNothingMoreAndWhatItGaveStaysGiven() {
    Quota quota = Quotas.of(QuotaDimension.INPUT_TOKENS, DAY, 10);
    String tenant = tenantWith(quota);
    UUID first = grant(tenant, quota, null, 6, Duration.ofDays(9), true);
    UUID second = grant(tenant, quota, null, 1, Duration.ofDays(10), true);
    granted(reserve(tenant, 14));
    fixture.revoke(tenant, first);
    assertThat(reserve(tenant, 2)).isInstanceOf(Outcome.Refused.class);
    granted(reserve(tenant, 1));
    assertThat(drawn(tenant, first)).containsExactly("1970-01-01 4", "2026-11-01 4");
    assertThat(drawn(tenant, second)).containsExactly("1970-01-01 1", "2026-11-01 1");
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void aQuotaThatGoesTakesItsGrantsWithItAndOneThatChangesKeepsThem() {
    Quota quota = Quotas.of(QuotaDimension.INPUT_TOKENS, DAY, 10);
    String tenant = tenantWith(quota);
    UUID grant = grant(tenant, quota, null, 6, Duration.ofDays(9), true);
    granted(reserve(tenant, 12));
    fixture.put(
        tenant,
        List.of(
            new Quota(
                quota.id(),
                quota.dimension(),
                quota.selector(),
                quota.window(),
                11,
                quota.mode(),
                List.of(),
                1,
                "")));
    granted(reserve(tenant, 4));
    assertThat(drawn(tenant, grant)).containsExactly("1970-01-01 5", "2026-11-01 5");
    fixture.put(tenant, List.of());
    assertThat(drawn(tenant, grant)).isEmpty();
    assertThat(fixture.ledger.query(tenant, "SELECT count(*) FROM quota_grants"))
        .containsExactly("0");
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void whatWindowsHaveDrawnIsForgottenWithThemButNotThatItIsDrawn() {
    Quota quota = Quotas.of(QuotaDimension.INPUT_TOKENS, DAY, 10);
    String tenant = tenantWith(quota);
    UUID grant = grant(tenant, quota, null, 6, Duration.ofDays(90), true);
    settled(tenant, 14);
    fixture.clock.set(start.plus(Duration.ofDays(5)));
    fixture.expiry.forget(tenant);
    assertThat(drawn(tenant, grant)).containsExactly("1970-01-01 4");
    assertThat(reserve(tenant, 13)).isInstanceOf(Outcome.Refused.class);
    granted(reserve(tenant, 12));
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void aWindowThatSomebodyStillHoldsOfForgetsNothingThatItHasDrawn() {
    Quota quota = Quotas.of(QuotaDimension.INPUT_TOKENS, DAY, 10);
    String tenant = tenantWith(quota);
    UUID grant = grant(tenant, quota, null, 6, Duration.ofDays(90), true);
    Reservation held = granted(reserve(tenant, 14));
    fixture.clock.set(start.plus(Duration.ofDays(5)));
    fixture.expiry.forget(tenant);
    end(tenant, release(held.id()));
    assertThat(drawn(tenant, grant)).contains("1970-01-01 0");
    fixture.expiry.forget(tenant);
    assertThat(drawn(tenant, grant)).containsExactly("1970-01-01 0");
    granted(reserve(tenant, 16));
  }

  @Test
  void aCheckTellsOfGrantsAsAReservationDoes() {
    Quota quota = Quotas.of(QuotaDimension.INPUT_TOKENS, DAY, 10);
    String tenant = tenantWith(quota);
    grant(tenant, quota, null, 6, Duration.ofDays(9), true);
    granted(reserve(tenant, 12));
    assertThat(check(tenant, 5)).isInstanceOf(Outcome.Refused.class);
    Outcome.Allowed allowed = (Outcome.Allowed) check(tenant, 4);
    QuotaState state = allowed.states().get(0);
    assertThat(List.of(state.limit(), state.granted(), state.remaining()))
        .containsExactly(16L, 6L, 4L);
  }

  @Test
  void nobodyGetsAUnitTwiceHoweverManyAskOnTwoNodes() throws Exception {
    Quota quota = Quotas.of(QuotaDimension.INPUT_TOKENS, DAY, 50);
    String tenant = tenantWith(quota);
    UUID first = grant(tenant, quota, null, 30, Duration.ofDays(9), true);
    UUID second = grant(tenant, quota, null, 20, Duration.ofDays(10), true);
    List<ReservationService> nodes =
        List.of(fixture.reservations, fixture.service(fixture.otherBooks()));
    ExecutorService clients = Executors.newFixedThreadPool(16);
    List<Future<Integer>> runs = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      ReservationService node = nodes.get(i % 2);
      runs.add(
          clients.submit(
              () -> {
                int got = 0;
                for (int n = 0; n < 12; n++) {
                  got +=
                      node.reserve(tenant, request(tokens(1))) instanceof Outcome.Granted ? 1 : 0;
                }
                return got;
              }));
    }
    int all = 0;
    for (Future<Integer> run : runs) {
      all += run.get();
    }
    clients.shutdown();
    assertThat(all).isEqualTo(100);
    assertThat(drawn(tenant, first)).containsExactly("1970-01-01 30", "2026-11-01 30");
    assertThat(drawn(tenant, second)).containsExactly("1970-01-01 20", "2026-11-01 20");
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void theLimitIsReachedWhenTheGrantsAreAndThresholdsAreOfTheLimitAlone() {
    Quota quota = Quotas.with(Quotas.of(QuotaDimension.INPUT_TOKENS, DAY, 10), 100, 80);
    String tenant = tenantWith(quota);
    grant(tenant, quota, null, 5, Duration.ofDays(9), true);
    settled(tenant, 8);
    settled(tenant, 4);
    assertThat(told(tenant)).containsExactly("quota.threshold_reached 10 5");
    settled(tenant, 3);
    assertThat(told(tenant)).containsExactly("quota.threshold_reached 10 5", "quota.exceeded 10 5");
    // A limit that was reached, and is higher now, is told of again.
    grant(tenant, quota, null, 2, Duration.ofDays(9), true);
    settled(tenant, 2);
    assertThat(told(tenant))
        .containsExactly(
            "quota.threshold_reached 10 5", "quota.exceeded 10 5", "quota.exceeded 10 7");
  }

  private static String tenantWith(Quota... quotas) {
    String tenant = fixture.newTenant();
    fixture.put(tenant, List.of(quotas));
    return tenant;
  }

  private static UUID grant(
      String tenant, Quota quota, String subject, long amount, Duration length, boolean rollover) {
    UUID id = UUID.randomUUID();
    fixture.grant(
        tenant,
        new QuotaGrant(
            id,
            quota.id(),
            subject,
            amount,
            start,
            QuotaGrant.end(quota.window(), start, start.plus(length), rollover),
            100));
    return id;
  }

  private static Outcome reserve(String tenant, long tokens) {
    return reserve(tenant, request(tokens(tokens)));
  }

  private static Outcome reserve(String tenant, GrantRequest request) {
    return fixture.reservations.reserve(tenant, request);
  }

  private static void settled(String tenant, long tokens) {
    end(tenant, settle(granted(reserve(tenant, tokens)).id(), tokens(tokens)));
  }

  private static void end(String tenant, EndRequest request) {
    assertThat(fixture.reservations.end(tenant, request)).isInstanceOf(Outcome.Ended.class);
  }

  private static Outcome check(String tenant, long tokens) {
    return fixture
        .reservations
        .check(tenant, List.of(new Checked(user("ann"), tokens(tokens))))
        .get(0);
  }

  /** What was drawn from a grant, by window. */
  private static List<String> drawn(String tenant, UUID grant) {
    return fixture.ledger.query(
        tenant,
        "SELECT trim(to_char(slot AT TIME ZONE 'UTC', 'YYYY-MM-DD') || ' ' || used || ' ' || subject)"
            + " FROM quota_balances WHERE quota_id = '%s' ORDER BY slot, subject".formatted(grant));
  }

  private static List<String> told(String tenant) {
    return fixture.ledger.query(
        tenant,
        """
        SELECT event->>'type' || ' ' || (event->'payload'->>'limit') || ' '
          || (event->'payload'->>'granted')
        FROM (SELECT id, value::jsonb AS event FROM outbox) o
        WHERE event->>'type' IN ('quota.threshold_reached', 'quota.exceeded') ORDER BY id
        """);
  }
}
