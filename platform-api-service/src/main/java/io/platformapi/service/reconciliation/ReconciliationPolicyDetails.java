package io.platformapi.service.reconciliation;

import io.platformapi.service.http.Money;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A tenant's policy as it is in force.
 *
 * @param actions of every class of difference
 * @param version grows with each change
 */
public record ReconciliationPolicyDetails(
    boolean enabled,
    Tolerance tolerance,
    long settleAfterSeconds,
    boolean pushLimits,
    Map<String, String> actions,
    long version) {

  /**
   * The larger of the two holds.
   *
   * @param ppm millionths of what the gateway says
   */
  public record Tolerance(Money cost, int ppm) {}

  static ReconciliationPolicyDetails of(ReconciliationPolicy policy, String currency) {
    Map<String, String> actions = new LinkedHashMap<>();
    for (DifferenceClass difference : DifferenceClass.values()) {
      actions.put(difference.wire(), policy.actionOn(difference).wire());
    }
    return new ReconciliationPolicyDetails(
        policy.enabled(),
        new Tolerance(Money.ofNanos(policy.toleranceNanos(), currency), policy.tolerancePpm()),
        policy.settleAfter().toSeconds(),
        policy.pushLimits(),
        actions,
        policy.version());
  }
}
