package io.platformapi.service.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.platformapi.routes.gateway.kong.RateLimits;
import io.platformapi.service.edge.EdgePlan.Reason;
import io.platformapi.service.quota.PresentQuotas;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaMode;
import io.platformapi.service.quota.engine.QuotaSelector;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.WindowKind;
import io.platformapi.service.tenant.GatewayNames;
import io.platformapi.service.usage.LedgerScope;
import io.platformapi.service.usage.LedgerTenant;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EdgePlannerTest {
  private static final LedgerTenant ACME = new LedgerTenant("acme", "default", "USD");
  private static final GatewayNames ONE_TEAM = new GatewayNames(List.of("red"), List.of());
  private static final GatewayNames TWO_TEAMS = new GatewayNames(List.of("blue", "red"), List.of());
  private static final String HASH = "0123456789abcdef".repeat(4);
  private static final EdgeTarget RED = new EdgeTarget(EdgeKind.LITELLM_TEAM, "red");
  private static final EdgeTarget BLUE = new EdgeTarget(EdgeKind.LITELLM_TEAM, "blue");

  @ParameterizedTest
  @CsvSource({"DAY, 1d", "WEEK, 7d", "MONTH, 1mo", "LIFETIME, "})
  void costOfATeamIsItsBudgetWithAllDigits(WindowKind window, String duration) {
    Quota quota = cost(Map.of(LedgerScope.TEAM, "red"), window, 123_456_789_012_345_678L);
    EdgePlan plan = plan(TWO_TEAMS, quota);
    assertThat(plan.inexpressible()).isEmpty();
    assertThat(plan.wanted())
        .containsOnlyKeys(RED)
        .extractingByKey(RED)
        .isEqualTo(
            new EdgePlan.Wanted(
                new BudgetLimit(new BigDecimal("123456789.012345678"), duration),
                List.of(quota.id())));
  }

  @Test
  void wholeAmountsHaveNoExponent() {
    Quota quota = cost(Map.of(LedgerScope.TEAM, "red"), WindowKind.MONTH, 25_000_000_000L);
    assertThat(plan(ONE_TEAM, quota).wanted().get(RED).limit().shown())
        .isEqualTo(Map.of("max_budget", "25", "budget_duration", "1mo"));
    Quota hundred = cost(Map.of(LedgerScope.TEAM, "red"), WindowKind.MONTH, 100_000_000_000L);
    assertThat(plan(ONE_TEAM, hundred).wanted().get(RED).limit().shown())
        .containsEntry("max_budget", "100");
    Quota nothing = cost(Map.of(LedgerScope.TEAM, "red"), WindowKind.MONTH, 0);
    assertThat(plan(ONE_TEAM, nothing).wanted().get(RED).limit().shown())
        .containsEntry("max_budget", "0");
  }

  @Test
  void costOfAKeyIsTheBudgetOfItsHash() {
    Quota quota = cost(Map.of(LedgerScope.API_KEY, HASH), WindowKind.DAY, 5);
    assertThat(plan(TWO_TEAMS, quota).wanted())
        .containsOnlyKeys(new EdgeTarget(EdgeKind.LITELLM_KEY, HASH));
    assertThat(left(TWO_TEAMS, cost(Map.of(LedgerScope.API_KEY, "nightly"), WindowKind.DAY, 5)))
        .isEqualTo(Reason.NO_KEY_HASH);
    assertThat(left(TWO_TEAMS, cost(Map.of(LedgerScope.API_KEY, "*"), WindowKind.DAY, 5)))
        .isEqualTo(Reason.SCOPE);
  }

  @Test
  void eachTeamIsEveryTeamThatIsRegistered() {
    Quota each = cost(Map.of(LedgerScope.TEAM, "*"), WindowKind.DAY, 5);
    assertThat(plan(TWO_TEAMS, each).wanted()).containsOnlyKeys(BLUE, RED);
    assertThat(left(new GatewayNames(List.of(), List.of()), each)).isEqualTo(Reason.UNKNOWN_TEAM);
  }

  @Test
  void aTeamThatIsNotTheTenantsIsNotTouched() {
    assertThat(left(ONE_TEAM, cost(Map.of(LedgerScope.TEAM, "globex"), WindowKind.DAY, 5)))
        .isEqualTo(Reason.UNKNOWN_TEAM);
    assertThat(left(ONE_TEAM, requests(Map.of(LedgerScope.TEAM, "globex"), WindowKind.DAY, 5)))
        .isEqualTo(Reason.UNKNOWN_TEAM);
  }

  @Test
  void theWholeTenantIsItsTeamWhenItHasOneAlone() {
    Quota tenant = cost(Map.of(), WindowKind.MONTH, 5);
    assertThat(plan(ONE_TEAM, tenant).wanted()).containsOnlyKeys(RED);
    assertThat(left(TWO_TEAMS, tenant)).isEqualTo(Reason.SEVERAL_TEAMS);
    assertThat(left(new GatewayNames(List.of("red"), List.of("org")), tenant))
        .isEqualTo(Reason.SEVERAL_TEAMS);
  }

  @Test
  void ofSeveralBudgetsTheLongestAndLowestIsSaid() {
    Quota day = cost(Map.of(LedgerScope.TEAM, "red"), WindowKind.DAY, 5);
    Quota month = cost(Map.of(LedgerScope.TEAM, "red"), WindowKind.MONTH, 100);
    Quota each = cost(Map.of(LedgerScope.TEAM, "*"), WindowKind.MONTH, 90);
    EdgePlan plan = plan(TWO_TEAMS, day, month, each);
    assertThat(plan.wanted().get(RED).quotas()).containsExactly(each.id());
    assertThat(plan.wanted().get(BLUE).quotas()).containsExactly(each.id());
    assertThat(plan.inexpressible())
        .containsExactlyInAnyOrder(
            new EdgePlan.Inexpressible(day.id(), Reason.ONE_BUDGET),
            new EdgePlan.Inexpressible(month.id(), Reason.ONE_BUDGET));
  }

  @Test
  void requestsAreTheRateOfTheTenantsConsumers() {
    EdgePlan plan =
        plan(
            TWO_TEAMS,
            requests(Map.of(), WindowKind.MINUTE, 60),
            requests(Map.of(), WindowKind.HOUR, 1_000),
            requests(Map.of(), WindowKind.MONTH, 100_000),
            requests(Map.of(LedgerScope.API_KEY, "nightly"), WindowKind.DAY, 7),
            requests(Map.of(LedgerScope.TEAM, "*"), WindowKind.DAY, 9),
            requests(Map.of(LedgerScope.TEAM, "red"), WindowKind.DAY, 8));
    assertThat(plan.inexpressible()).isEmpty();
    assertThat(plan.wanted().keySet())
        .extracting(EdgeTarget::id)
        .containsExactly("acme", "acme:key:nightly", "acme:team:blue", "acme:team:red");
    assertThat(rates(plan, "acme"))
        .isEqualTo(new RateLimits(null, 60L, 1_000L, null, 100_000L, null));
    assertThat(rates(plan, "acme:team:red").day()).isEqualTo(8);
    assertThat(rates(plan, "acme:team:blue").day()).isEqualTo(9);
    assertThat(plan.wanted().get(new EdgeTarget(EdgeKind.KONG_CONSUMER, "acme:team:red")).quotas())
        .hasSize(2);
  }

  @ParameterizedTest
  @EnumSource(
      value = QuotaDimension.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"COST", "REQUESTS"})
  void otherDimensionsAreNotSaid(QuotaDimension dimension) {
    Quota quota =
        quota(dimension, Map.of(), QuotaWindow.of(WindowKind.LIFETIME), 5, QuotaMode.ENFORCE);
    assertThat(left(ONE_TEAM, quota)).isEqualTo(Reason.DIMENSION);
  }

  @ParameterizedTest
  @CsvSource({
    "COST, MINUTE, WINDOW",
    "COST, HOUR, WINDOW",
    "REQUESTS, WEEK, WINDOW",
    "REQUESTS, LIFETIME, WINDOW"
  })
  void windowsThatTheEdgeDoesNotCountAreNotSaid(
      QuotaDimension dimension, WindowKind window, Reason reason) {
    Quota quota = quota(dimension, Map.of(), QuotaWindow.of(window), 5, QuotaMode.ENFORCE);
    assertThat(left(ONE_TEAM, quota)).isEqualTo(reason);
  }

  @ParameterizedTest
  @EnumSource(
      value = QuotaDimension.class,
      names = {"COST", "REQUESTS"})
  void otherCalendarsAndRollingWindowsAreNotSaid(QuotaDimension dimension) {
    for (QuotaWindow window :
        List.of(
            new QuotaWindow(WindowKind.DAY, ZoneId.of("Europe/Berlin"), 0, 1, Duration.ZERO),
            new QuotaWindow(WindowKind.DAY, QuotaWindow.UTC, 6, 1, Duration.ZERO),
            new QuotaWindow(WindowKind.MONTH, QuotaWindow.UTC, 0, 15, Duration.ZERO),
            // Its clocks showed UTC for some years, and do so no more.
            new QuotaWindow(WindowKind.DAY, ZoneId.of("Africa/Casablanca"), 0, 1, Duration.ZERO))) {
      assertThat(left(ONE_TEAM, quota(dimension, Map.of(), window, 5, QuotaMode.ENFORCE)))
          .isEqualTo(Reason.CALENDAR);
    }
    Quota rolling =
        quota(dimension, Map.of(), QuotaWindow.rolling(Duration.ofDays(1)), 5, QuotaMode.ENFORCE);
    assertThat(left(ONE_TEAM, rolling)).isEqualTo(Reason.WINDOW);
    QuotaWindow greenwich =
        new QuotaWindow(WindowKind.DAY, ZoneId.of("Etc/UTC"), 0, 1, Duration.ZERO);
    assertThat(plan(ONE_TEAM, quota(dimension, Map.of(), greenwich, 5, QuotaMode.ENFORCE)).wanted())
        .hasSize(1);
  }

  @Test
  void scopesTogetherAndScopesOfPeopleAndModelsAreNotSaid() {
    for (Map<LedgerScope, String> scope :
        List.of(
            Map.of(LedgerScope.USER, "ann"),
            Map.of(LedgerScope.END_USER, "ann"),
            Map.of(LedgerScope.MODEL, "gpt-4o"),
            Map.of(LedgerScope.PROVIDER, "openai"),
            Map.of(LedgerScope.TEAM, "red", LedgerScope.MODEL, "gpt-4o"))) {
      assertThat(left(ONE_TEAM, cost(scope, WindowKind.DAY, 5))).isEqualTo(Reason.SCOPE);
      assertThat(left(ONE_TEAM, requests(scope, WindowKind.DAY, 5))).isEqualTo(Reason.SCOPE);
    }
  }

  @Test
  void otherCurrenciesAreNotDollars() {
    EdgePlan plan =
        EdgePlanner.plan(
            new LedgerTenant("acme", "default", "EUR"),
            ONE_TEAM,
            new PresentQuotas(List.of(cost(Map.of(), WindowKind.DAY, 5)), Set.of()));
    assertThat(plan.wanted()).isEmpty();
    assertThat(plan.inexpressible().get(0).reason()).isEqualTo(Reason.CURRENCY);
  }

  @Test
  void kongHasNoWordForNothing() {
    assertThat(left(ONE_TEAM, requests(Map.of(), WindowKind.DAY, 0))).isEqualTo(Reason.ZERO);
  }

  @Test
  void whatIsGrantedOnTopIsUsedOnceAndTheEdgeHasNoWordForThat() {
    Quota granted = cost(Map.of(LedgerScope.TEAM, "red"), WindowKind.MONTH, 5);
    Quota plain = requests(Map.of(), WindowKind.DAY, 5);
    EdgePlan plan =
        EdgePlanner.plan(
            ACME, ONE_TEAM, new PresentQuotas(List.of(granted, plain), Set.of(granted.id())));
    assertThat(plan.wanted()).hasSize(1);
    assertThat(plan.inexpressible())
        .containsExactly(new EdgePlan.Inexpressible(granted.id(), Reason.GRANTS));
  }

  @ParameterizedTest
  @EnumSource(
      value = QuotaMode.class,
      names = {"WARN", "OFF"})
  void whatRefusesNothingHereRefusesNothingThere(QuotaMode mode) {
    EdgePlan plan =
        plan(
            ONE_TEAM,
            quota(QuotaDimension.COST, Map.of(), QuotaWindow.of(WindowKind.DAY), 5, mode));
    assertThat(plan.wanted()).isEmpty();
    assertThat(plan.inexpressible()).isEmpty();
  }

  @Test
  void periodsThatEndAtTheSameMomentsAreTheSame() {
    BudgetLimit ours = new BudgetLimit(new BigDecimal("25"), "1mo");
    assertThat(ours.same(new BudgetLimit(new BigDecimal("25.0"), "30d"))).isTrue();
    assertThat(ours.same(new BudgetLimit(new BigDecimal("25"), "31d"))).isFalse();
    assertThat(ours.same(new BudgetLimit(new BigDecimal("25"), null))).isFalse();
    assertThat(ours.same(new BudgetLimit(new BigDecimal("25.000000001"), "1mo"))).isFalse();
    // 17 digits: LiteLLM answers with the double that is nearest.
    BudgetLimit long17 = new BudgetLimit(new BigDecimal("12345678901.123456789"), "1mo");
    assertThat(long17.same(new BudgetLimit(new BigDecimal("12345678901.123457"), "1mo"))).isTrue();
  }

  private static RateLimits rates(EdgePlan plan, String consumer) {
    return ((RateLimit) plan.wanted().get(new EdgeTarget(EdgeKind.KONG_CONSUMER, consumer)).limit())
        .rates();
  }

  /** Why the only quota is left out. */
  private static Reason left(GatewayNames names, Quota quota) {
    EdgePlan plan = plan(names, quota);
    assertThat(plan.wanted()).isEmpty();
    assertThat(plan.inexpressible()).hasSize(1);
    assertThat(plan.inexpressible().get(0).quota()).isEqualTo(quota.id());
    return plan.inexpressible().get(0).reason();
  }

  private static EdgePlan plan(GatewayNames names, Quota... quotas) {
    return EdgePlanner.plan(ACME, names, new PresentQuotas(List.of(quotas), Set.of()));
  }

  private static Quota cost(Map<LedgerScope, String> scope, WindowKind window, long nanos) {
    return quota(QuotaDimension.COST, scope, QuotaWindow.of(window), nanos, QuotaMode.ENFORCE);
  }

  private static Quota requests(Map<LedgerScope, String> scope, WindowKind window, long limit) {
    return quota(QuotaDimension.REQUESTS, scope, QuotaWindow.of(window), limit, QuotaMode.ENFORCE);
  }

  private static Quota quota(
      QuotaDimension dimension,
      Map<LedgerScope, String> scope,
      QuotaWindow window,
      long limit,
      QuotaMode mode) {
    return new Quota(
        UUID.randomUUID(),
        dimension,
        QuotaSelector.of(scope),
        window,
        limit,
        mode,
        List.of(),
        100,
        "");
  }
}
