package io.platformapi.service.reconciliation;

import io.platformapi.service.http.Money;
import java.util.Map;

/**
 * A policy as it is written; what is absent is the usual.
 *
 * @param enabled whether runs are started by the schedule
 * @param tolerance a call's difference in cost that is not worth an adjustment
 * @param settleAfterSeconds how old a call must be before a difference in it is one
 * @param pushLimits whether limits are pushed to the edge where they differ
 * @param actions by class of difference
 */
public record NewReconciliationPolicy(
    Boolean enabled,
    Tolerance tolerance,
    Long settleAfterSeconds,
    Boolean pushLimits,
    Map<String, String> actions) {

  /**
   * The larger of the two holds.
   *
   * @param cost an amount
   * @param ppm millionths of what the gateway says
   */
  public record Tolerance(Money cost, Integer ppm) {}
}
