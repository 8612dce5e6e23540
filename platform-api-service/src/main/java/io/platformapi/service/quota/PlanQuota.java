package io.platformapi.service.quota;

import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaMode;

/**
 * A quota that a plan gives its tenants, and how far they may go from it.
 *
 * @param quota as it is for a tenant that says nothing
 * @param currency of a limit on cost, else null
 * @param maxLimit that a tenant may set
 * @param loosestMode that a tenant may set
 */
record PlanQuota(Quota quota, String currency, long maxLimit, QuotaMode loosestMode) {

  boolean allowsLimit(Quota wish) {
    return wish.limit() <= maxLimit;
  }

  boolean allowsMode(Quota wish) {
    return wish.mode().compareTo(loosestMode) <= 0;
  }

  /** Whether a tenant's quota says just what the plan says. */
  boolean says(Quota wish) {
    return wish.withId(quota.id()).equals(quota);
  }

  /** What is nearest to a tenant's quota within the bounds. */
  Quota bound(Quota wish) {
    return new Quota(
        wish.id(),
        wish.dimension(),
        wish.selector(),
        wish.window(),
        Math.min(wish.limit(), maxLimit),
        allowsMode(wish) ? wish.mode() : loosestMode,
        wish.thresholds(),
        wish.priority(),
        wish.description());
  }
}
