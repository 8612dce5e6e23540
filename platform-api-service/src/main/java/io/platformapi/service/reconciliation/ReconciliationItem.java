package io.platformapi.service.reconciliation;

import java.time.Instant;
import java.util.UUID;

/**
 * A difference in one call.
 *
 * @param seq grows with each item of the tenant: the order of pages
 * @param difference null until it is classified, as are reason and adjustment
 * @param decision why it has this status where the policy alone does not say it, or null
 * @param callStatus {@code success} or {@code failure}
 * @param requestId key of the gateway's row, or null without one
 * @param gateway what the gateway says, or null
 * @param eventId of the usage event, or null without one
 * @param ledger what the ledger says, or null
 * @param inputTokens gateway less ledger, as are output tokens and cost
 * @param batchId batch of the ledger that the adjustment was posted in, or null
 * @param decidedBy subject of whoever approved or rejected, or null
 */
public record ReconciliationItem(
    UUID id,
    UUID runId,
    long seq,
    DifferenceClass difference,
    DifferenceReason reason,
    Adjustment adjustment,
    ItemStatus status,
    String decision,
    String callId,
    String callStatus,
    String teamId,
    String requestId,
    Side gateway,
    UUID eventId,
    Side ledger,
    long inputTokens,
    long outputTokens,
    long costNanos,
    UUID batchId,
    Instant createdAt,
    Instant decidedAt,
    String decidedBy) {

  /** What one book says of the call. */
  public record Side(
      Instant startedAt,
      String keyHash,
      String model,
      long inputTokens,
      long outputTokens,
      long costNanos) {}
}
