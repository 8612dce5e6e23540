package io.platformapi.service.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platformapi.service.problem.FieldProblem;
import io.platformapi.service.problem.ValidationException;
import io.platformapi.service.quota.engine.FailMode;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaMode;
import io.platformapi.service.quota.engine.QuotaSelector;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.Quotas;
import io.platformapi.service.quota.engine.WindowKind;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class PlanMergeTest {
  private static final PlanStamp STAMP = new PlanStamp(1, 1);
  private static final QuotaSet NOTHING = new QuotaSet(0, FailMode.CLOSED, List.of(), Map.of());

  private static final BooleanSupplier BOUND = () -> false;

  private final Quota requests = day(QuotaDimension.REQUESTS, 100, QuotaMode.ENFORCE);
  private final Quota tokens = day(QuotaDimension.INPUT_TOKENS, 50, QuotaMode.WARN);
  private final Plan plan =
      plan(
          new PlanQuota(requests, null, 500, QuotaMode.WARN),
          new PlanQuota(tokens, null, 50, QuotaMode.WARN));

  @Test
  void aPlanHoldsForATenantThatSaysNothing() {
    QuotaSet set = PlanMerge.follow(NOTHING, plan);
    assertThat(set.quotas()).containsExactlyInAnyOrder(requests, tokens);
    assertThat(set.quotas()).allMatch(quota -> set.origin(quota) == QuotaOrigin.PLAN);
    assertThat(PlanMerge.follow(set, plan)).isEqualTo(set);
    assertThat(PlanMerge.follow(set, plan()).quotas()).isEmpty();
  }

  @Test
  void anotherStateOfThePlanTakesThePlaceOfTheFirstAndKeepsTheIds() {
    QuotaSet set = PlanMerge.follow(NOTHING, plan);
    Quota later = day(QuotaDimension.REQUESTS, 70, QuotaMode.ENFORCE);
    QuotaSet after = PlanMerge.follow(set, plan(new PlanQuota(later, null, 70, QuotaMode.ENFORCE)));
    assertThat(after.quotas()).containsExactly(later.withId(requests.id()));
  }

  @Test
  void aTenantOverridesWithinTheBoundsAndAddsWhatIsItsOwn() {
    QuotaSet set = PlanMerge.follow(NOTHING, plan);
    Quota higher = day(QuotaDimension.REQUESTS, 500, QuotaMode.WARN);
    Quota own = day(QuotaDimension.OUTPUT_TOKENS, 1, QuotaMode.OFF);
    QuotaSet after = PlanMerge.replace(set, wanted(higher, own), plan, BOUND);
    assertThat(after.quotas()).containsExactlyInAnyOrder(higher.withId(requests.id()), own, tokens);
    assertThat(after.origin(requests)).isEqualTo(QuotaOrigin.TENANT);
    assertThat(after.origin(own)).isEqualTo(QuotaOrigin.TENANT);
    assertThat(after.origin(tokens)).isEqualTo(QuotaOrigin.PLAN);
    // Sent back as it was read, it is the same set.
    assertThat(PlanMerge.replace(after, after, plan, BOUND)).isEqualTo(after);
    // What is left out is the plan's again, and so is what says just that.
    assertThat(PlanMerge.replace(after, wanted(), plan, BOUND)).isEqualTo(set);
    Quota same = day(QuotaDimension.REQUESTS, 100, QuotaMode.ENFORCE);
    assertThat(PlanMerge.replace(after, wanted(same), plan, BOUND)).isEqualTo(set);
  }

  @Test
  void everyLimitBeyondTheBoundsIsNamed() {
    QuotaSet set = PlanMerge.follow(NOTHING, plan);
    Quota own = day(QuotaDimension.OUTPUT_TOKENS, 1, QuotaMode.OFF);
    Quota higher = day(QuotaDimension.REQUESTS, 501, QuotaMode.WARN);
    Quota looser = day(QuotaDimension.INPUT_TOKENS, 51, QuotaMode.OFF);
    assertThatThrownBy(() -> PlanMerge.replace(set, wanted(own, higher, looser), plan, BOUND))
        .isInstanceOfSatisfying(
            ValidationException.class,
            e ->
                assertThat(e.fields())
                    .containsExactly(
                        new FieldProblem(
                            "items[1].limit", "must not be above 500, the bound of plan team"),
                        new FieldProblem(
                            "items[2].limit", "must not be above 50, the bound of plan team"),
                        new FieldProblem(
                            "items[2].mode",
                            "must not be looser than warn, the bound of plan team")));
  }

  @Test
  void whatThePlatformGrantsBeyondTheBoundsStaysUntilTheTenantGivesItUp() {
    QuotaSet set = PlanMerge.follow(NOTHING, plan);
    Quota higher = day(QuotaDimension.REQUESTS, 9_000, QuotaMode.OFF);
    QuotaSet granted = PlanMerge.replace(set, wanted(higher), plan, () -> true);
    assertThat(granted.origin(requests)).isEqualTo(QuotaOrigin.PLATFORM);
    assertThat(PlanMerge.follow(granted, plan)).isEqualTo(granted);
    assertThat(PlanMerge.replace(granted, granted, plan, BOUND)).isEqualTo(granted);
    Quota other = day(QuotaDimension.REQUESTS, 8_999, QuotaMode.OFF);
    assertThatThrownBy(() -> PlanMerge.replace(granted, wanted(other), plan, BOUND))
        .isInstanceOf(ValidationException.class);
    assertThat(PlanMerge.replace(granted, wanted(), plan, BOUND)).isEqualTo(set);
  }

  @Test
  void aTenantsOwnLimitGoesBackWithinNarrowerBounds() {
    QuotaSet set = PlanMerge.follow(NOTHING, plan);
    Quota higher = day(QuotaDimension.REQUESTS, 500, QuotaMode.WARN);
    QuotaSet own = PlanMerge.replace(set, wanted(higher), plan, BOUND);
    Quota narrow = day(QuotaDimension.REQUESTS, 100, QuotaMode.ENFORCE);
    QuotaSet after =
        PlanMerge.follow(own, plan(new PlanQuota(narrow, null, 300, QuotaMode.ENFORCE)));
    assertThat(after.quotas())
        .containsExactly(
            day(QuotaDimension.REQUESTS, 300, QuotaMode.ENFORCE).withId(requests.id()));
    assertThat(after.origin(requests)).isEqualTo(QuotaOrigin.TENANT);
    // Without the plan it is the tenant's all the same.
    assertThat(PlanMerge.follow(after, plan()).quotas()).isEqualTo(after.quotas());
  }

  @Test
  void ofTwoStampsOneIsBefore() {
    assertThat(new PlanStamp(1, 5).before(new PlanStamp(2, 5))).isTrue();
    assertThat(new PlanStamp(2, 5).before(new PlanStamp(2, 6))).isTrue();
    assertThat(new PlanStamp(2, 6).before(new PlanStamp(2, 6))).isFalse();
    assertThat(new PlanStamp(2, 6).before(PlanStamp.NEVER)).isFalse();
  }

  private static QuotaSet wanted(Quota... quotas) {
    return new QuotaSet(0, FailMode.CLOSED, List.of(quotas), Map.of());
  }

  private static Plan plan(PlanQuota... quotas) {
    Map<Quota.NaturalKey, PlanQuota> byKey = new LinkedHashMap<>();
    Arrays.stream(quotas).forEach(quota -> byKey.put(quota.quota().naturalKey(), quota));
    return new Plan("team", STAMP, byKey);
  }

  private static Quota day(QuotaDimension dimension, long limit, QuotaMode mode) {
    return Quotas.quota(
        dimension, QuotaSelector.TENANT, QuotaWindow.of(WindowKind.DAY), limit, mode);
  }
}
