package io.platformapi.service.quota.reservation;

import static io.platformapi.service.quota.reservation.Reserving.event;
import static io.platformapi.service.quota.reservation.Reserving.granted;
import static io.platformapi.service.quota.reservation.Reserving.request;
import static io.platformapi.service.quota.reservation.Reserving.tokens;
import static io.platformapi.service.quota.reservation.Reserving.user;
import static org.assertj.core.api.Assertions.assertThat;

import io.platformapi.routes.message.CallStatus;
import io.platformapi.service.quota.QuotaFixture;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaGrant;
import io.platformapi.service.quota.engine.QuotaMode;
import io.platformapi.service.quota.engine.QuotaSelector;
import io.platformapi.service.quota.engine.QuotaState;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.Quotas;
import io.platformapi.service.quota.engine.WindowKind;
import io.platformapi.service.usage.LedgerScope;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How limits stand: the same as a check says, whatever their scopes and windows are. */
class StandingsTest {
  private static final QuotaWindow BERLIN =
      new QuotaWindow(WindowKind.DAY, ZoneId.of("Europe/Berlin"), 3, 1, Duration.ZERO);
  private static final Map<LedgerScope, String> USERS_OF_RED =
      Map.of(LedgerScope.TEAM, "red", LedgerScope.USER, "*", LedgerScope.MODEL, "gpt-4o");

  private static QuotaFixture fixture;
  private static Standings standings;
  private static Instant now;

  @BeforeAll
  static void start() {
    fixture = new QuotaFixture();
    standings = new Standings(fixture.work, fixture.expiry);
    now = fixture.clock.instant();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rolling", "berlin", "lifetime"})
  void whatIsToldIsWhatACheckSays(String window) {
    QuotaWindow kind =
        switch (window) {
          case "rolling" -> QuotaWindow.rolling(Duration.ofHours(6));
          case "berlin" -> BERLIN;
          default -> QuotaWindow.of(WindowKind.LIFETIME);
        };
    Quota quota =
        Quotas.quota(
            QuotaDimension.INPUT_TOKENS,
            QuotaSelector.of(USERS_OF_RED),
            kind,
            100,
            QuotaMode.ENFORCE);
    String tenant = fixture.newTenant();
    // Before there was a limit: no balance has it, the book does.
    fixture.post(
        tenant,
        List.of(
            event("early", CallStatus.SUCCESS, 7, now.minus(Duration.ofHours(1))),
            event("too early", CallStatus.SUCCESS, 50, now.minus(Duration.ofDays(2)))));
    fixture.put(tenant, List.of(quota));
    if (!kind.isRolling()) {
      fixture.grant(
          tenant,
          new QuotaGrant(
              UUID.randomUUID(), quota.id(), "ann", 30, now, now.plusSeconds(3600), 100));
    }
    List<QuotaState> derived = list(tenant, quota, "", 10);
    assertThat(derived).extracting(state -> state.balance().key().subject()).containsExactly("ann");
    assertThat(derived.get(0).balance().used())
        .isEqualTo(kind.kind() == WindowKind.LIFETIME ? 57 : 7);
    assertSameAsCheck(tenant, "ann", derived.get(0));
    granted(fixture.reservations.reserve(tenant, request(null, "bob", tokens(40), null)));
    granted(fixture.reservations.reserve(tenant, request(null, "ann", tokens(20), null)));
    List<QuotaState> both = list(tenant, quota, "", 10);
    assertThat(both)
        .extracting(state -> state.balance().key().subject())
        .containsExactly("ann", "bob");
    assertSameAsCheck(tenant, "ann", both.get(0));
    assertSameAsCheck(tenant, "bob", both.get(1));
    assertThat(list(tenant, quota, "ann", 10)).hasSize(1);
    assertThat(list(tenant, quota, "", 1)).hasSize(1);
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void aCheckKnowsWhatWasUsedOfARollingWindowBeforeThereWasALimit() {
    Quota quota =
        Quotas.quota(
            QuotaDimension.INPUT_TOKENS,
            QuotaSelector.of(Map.of(LedgerScope.USER, "*")),
            QuotaWindow.rolling(Duration.ofHours(6)),
            10,
            QuotaMode.ENFORCE);
    String tenant = fixture.newTenant();
    fixture.post(
        tenant, List.of(event("early", CallStatus.SUCCESS, 8, now.minus(Duration.ofHours(1)))));
    fixture.put(tenant, List.of(quota));
    assertThat(check(tenant, "ann", 3)).isInstanceOf(Outcome.Refused.class);
    assertThat(check(tenant, "ann", 2)).isInstanceOf(Outcome.Allowed.class);
  }

  @Test
  void aLimitOfTheTenantStandsAlsoWhenNothingIsUsedAndHoldsThatAreOverDoNotCount() {
    Quota quota = Quotas.of(QuotaDimension.INPUT_TOKENS, BERLIN, 100);
    String tenant = fixture.newTenant();
    fixture.put(tenant, List.of(quota));
    assertThat(list(tenant, quota, "", 10).get(0).remaining()).isEqualTo(100);
    granted(fixture.reservations.reserve(tenant, request(tokens(40))));
    assertThat(list(tenant, quota, "", 10).get(0).remaining()).isEqualTo(60);
    fixture.clock.set(now.plus(Reserving.TTL));
    assertThat(list(tenant, quota, "", 10).get(0).remaining()).isEqualTo(100);
    fixture.clock.set(now);
    assertThat(standings.of(tenant, UUID.randomUUID(), "", 10)).isEmpty();
  }

  private static List<QuotaState> list(String tenant, Quota quota, String after, int most) {
    return standings.of(tenant, quota.id(), after, most).orElseThrow();
  }

  private static void assertSameAsCheck(String tenant, String user, QuotaState told) {
    QuotaState checked = ((Outcome.Allowed) check(tenant, user, 1)).states().get(0);
    assertThat(told).isEqualTo(checked);
  }

  private static Outcome check(String tenant, String user, long tokens) {
    return fixture
        .reservations
        .check(tenant, List.of(new Checked(user(user), tokens(tokens))))
        .get(0);
  }
}
