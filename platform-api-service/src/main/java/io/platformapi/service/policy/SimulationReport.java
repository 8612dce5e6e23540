package io.platformapi.service.policy;

import java.util.List;

/**
 * What a draft would change in one stretch of the recorded decisions; the counts are of that
 * stretch, so those of all pages together are those of the period.
 *
 * @param examined recorded decisions that were decided again
 * @param newlyAllowed that were denied and would be allowed
 * @param newlyDenied that were allowed and would be denied
 * @param items those that would change, oldest first
 * @param nextCursor where the next stretch begins, or null after the last
 */
public record SimulationReport(
    int examined,
    int unchanged,
    int newlyAllowed,
    int newlyDenied,
    List<ChangedDecision> items,
    String nextCursor) {}
