package io.platformapi.service.quota;

/**
 * Tells an earlier state of a tenant's plan from a later one; both numbers only grow.
 *
 * @param defaults version of the platform's defaults
 * @param tenant version of the tenant's registration, which names the plan
 */
record PlanStamp(long defaults, long tenant) {
  static final PlanStamp NEVER = new PlanStamp(0, 0);

  /** Both numbers of a stamp are read at once, so of two stamps one has neither smaller. */
  boolean before(PlanStamp other) {
    return defaults < other.defaults || tenant < other.tenant;
  }
}
