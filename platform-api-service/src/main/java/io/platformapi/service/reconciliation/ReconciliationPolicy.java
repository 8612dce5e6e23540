package io.platformapi.service.reconciliation;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a tenant wants done about differences.
 *
 * @param enabled whether runs are started by the schedule; they can be asked for in any case
 * @param toleranceNanos difference in cost of a call, in nano-units, that is not worth an
 *     adjustment
 * @param tolerancePpm the same, in millionths of what the gateway says; the larger of the two holds
 * @param settleAfter how old a call must be: until then its event or row may still come, and a
 *     difference is none
 * @param pushLimits whether limits are pushed to the gateway where they differ
 * @param actions by class, those that are not the usual ones
 */
public record ReconciliationPolicy(
    boolean enabled,
    long toleranceNanos,
    int tolerancePpm,
    Duration settleAfter,
    boolean pushLimits,
    Map<DifferenceClass, PolicyAction> actions,
    long version) {
  /** What holds for a tenant that has said nothing. */
  public static final ReconciliationPolicy USUAL =
      new ReconciliationPolicy(true, 0, 0, Duration.ofHours(24), false, Map.of(), 1);

  public ReconciliationPolicy {
    Map<DifferenceClass, PolicyAction> copy = new EnumMap<>(DifferenceClass.class);
    copy.putAll(actions);
    actions = Map.copyOf(copy);
  }

  public PolicyAction actionOn(DifferenceClass difference) {
    return actions.getOrDefault(difference, difference.usual());
  }
}
