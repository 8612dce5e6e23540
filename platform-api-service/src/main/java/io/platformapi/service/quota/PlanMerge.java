package io.platformapi.service.quota;

import io.platformapi.service.quota.engine.Quota;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a tenant's limits are, from its plan and from what it wants: a limit of the plan holds
 * unless the tenant has one of the same natural key, which must be within the plan's bounds.
 */
final class PlanMerge {
  private final Plan plan;
  private final Map<Quota.NaturalKey, Quota> before;
  private final QuotaSet old;
  private final Map<Quota.NaturalKey, Quota> after = new LinkedHashMap<>();
  private final Map<UUID, QuotaOrigin> origins = new HashMap<>();

  private PlanMerge(QuotaSet old, Plan plan) {
    this.plan = plan;
    this.old = old;
    this.before =
        old.quotas().stream().collect(Collectors.toMap(Quota::naturalKey, Function.identity()));
  }

  /**
   * The set after its plan has changed: the tenant's own limits go back within the bounds, what the
   * platform has granted beyond them stays.
   */
  static QuotaSet follow(QuotaSet set, Plan plan) {
    PlanMerge merge = new PlanMerge(set, plan);
    for (Quota quota : set.quotas()) {
      PlanQuota planned = plan.quotas().get(quota.naturalKey());
      switch (set.origin(quota)) {
        case PLATFORM -> merge.put(quota, QuotaOrigin.PLATFORM);
        case TENANT -> merge.tenant(planned == null ? quota : planned.bound(quota), planned);
        case PLAN -> {
          // Comes again with the plan, or goes with it.
        }
      }
    }
    return merge.withTheRestOfThePlan(set);
  }

  /**
   * The set that somebody wants in the place of one that follows the plan. What is in it already is
   * not judged again.
   *
   * @param wanted in the order of the request
   * @param free whether the bounds do not hold; asked when something is beyond them
   * @throws io.platformapi.service.problem.ValidationException that names every limit beyond them
   */
  static QuotaSet replace(QuotaSet set, QuotaSet wanted, Plan plan, BooleanSupplier free) {
    PlanMerge merge = new PlanMerge(set, plan);
    Problems problems = new Problems();
    for (int i = 0; i < wanted.quotas().size(); i++) {
      merge.want("items[" + i + "]", wanted.quotas().get(i), free, problems);
    }
    problems.refuse();
    return merge.withTheRestOfThePlan(wanted);
  }

  private void want(String path, Quota wish, BooleanSupplier free, Problems problems) {
    Quota present = before.get(wish.naturalKey());
    PlanQuota planned = plan.quotas().get(wish.naturalKey());
    if (present != null && present.equals(wish.withId(present.id()))) {
      put(present, old.origin(present));
    } else if (planned == null || planned.allowsLimit(wish) && planned.allowsMode(wish)) {
      tenant(wish, planned);
    } else if (free.getAsBoolean()) {
      put(wish, QuotaOrigin.PLATFORM);
    } else {
      if (!planned.allowsLimit(wish)) {
        problems.add(
            path + ".limit",
            "must not be above "
                + QuotaAmount.text(wish.dimension(), planned.maxLimit(), planned.currency())
                + ", the bound of plan "
                + plan.name());
      }
      if (!planned.allowsMode(wish)) {
        problems.add(
            path + ".mode",
            "must not be looser than "
                + planned.loosestMode().wire()
                + ", the bound of plan "
                + plan.name());
      }
    }
  }

  private void tenant(Quota quota, PlanQuota planned) {
    put(quota, planned != null && planned.says(quota) ? QuotaOrigin.PLAN : QuotaOrigin.TENANT);
  }

  /** What stays keeps its id. */
  private void put(Quota quota, QuotaOrigin origin) {
    Quota present = before.get(quota.naturalKey());
    Quota kept = present == null ? quota : quota.withId(present.id());
    after.put(kept.naturalKey(), kept);
    origins.put(kept.id(), origin);
  }

  private QuotaSet withTheRestOfThePlan(QuotaSet rest) {
    plan.quotas()
        .forEach(
            (key, planned) -> {
              if (!after.containsKey(key)) {
                put(planned.quota(), QuotaOrigin.PLAN);
              }
            });
    List<Quota> sorted = new ArrayList<>(after.values());
    sorted.sort(Comparator.comparing(quota -> quota.id().toString()));
    return new QuotaSet(rest.version(), rest.failMode(), sorted, origins);
  }
}
