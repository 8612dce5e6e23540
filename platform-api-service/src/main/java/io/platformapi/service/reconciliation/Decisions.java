package io.platformapi.service.reconciliation;

import java.util.List;

/** What became of several decisions, in the order in which they were asked for. */
public record Decisions(List<Decided> items) {

  /**
   * @param id as it was given
   * @param status of the item now; null when there is none of that id in the run
   * @param changed whether it was decided just now
   * @param problem code of the error that a single decision would have had, or null
   */
  public record Decided(String id, String status, boolean changed, String problem) {}
}
