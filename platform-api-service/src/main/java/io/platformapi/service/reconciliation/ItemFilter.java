package io.platformapi.service.reconciliation;

import java.util.UUID;

/** Which items of a run are meant; null is any. */
public record ItemFilter(
    UUID run, DifferenceClass difference, ItemStatus status, String callId, String teamId) {

  /** All of a run. */
  public static ItemFilter of(UUID run) {
    return new ItemFilter(run, null, null, null, null);
  }
}
