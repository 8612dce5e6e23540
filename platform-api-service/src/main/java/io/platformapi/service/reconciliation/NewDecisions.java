package io.platformapi.service.reconciliation;

import java.util.List;

/**
 * One decision about several proposed adjustments of a run.
 *
 * @param decision {@code approve} or {@code reject}
 * @param items ids, 1 to 100
 */
public record NewDecisions(String decision, List<String> items) {}
