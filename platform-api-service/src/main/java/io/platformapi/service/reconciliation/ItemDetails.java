package io.platformapi.service.reconciliation;

import io.platformapi.service.http.Money;
import java.time.Instant;
import java.util.UUID;

/**
 * A difference in one call as it is told.
 *
 * @param difference its class; null until it is classified, as are reason and adjustment
 * @param decision why it has this status where the policy alone does not say it, or null
 * @param requestId key of the gateway's row, or null without one
 * @param gateway what the gateway says of the call, or null
 * @param eventId of the usage event, or null without one
 * @param ledger what the ledger says of the call, or null
 * @param inputTokens gateway less ledger, as are output tokens and cost
 * @param batchId batch of the ledger that the adjustment was posted in, or null
 * @param decidedBy who approved or rejected, or null
 */
public record ItemDetails(
    UUID id,
    UUID runId,
    String difference,
    Reason reason,
    String adjustment,
    String status,
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
    Money cost,
    UUID batchId,
    Instant createdAt,
    Instant decidedAt,
    String decidedBy) {

  /** Why the difference is what it is, for programs and for people. */
  public record Reason(String code, String text) {}

  /** What one book says of the call. */
  public record Side(
      Instant startedAt,
      String keyHash,
      String model,
      long inputTokens,
      long outputTokens,
      Money cost) {
    private static Side of(ReconciliationItem.Side side, String currency) {
      return side == null
          ? null
          : new Side(
              side.startedAt(),
              side.keyHash(),
              side.model(),
              side.inputTokens(),
              side.outputTokens(),
              Money.ofNanos(side.costNanos(), currency));
    }
  }

  static ItemDetails of(ReconciliationItem item, String currency) {
    return new ItemDetails(
        item.id(),
        item.runId(),
        item.difference() == null ? null : item.difference().wire(),
        item.reason() == null ? null : new Reason(item.reason().wire(), item.reason().text()),
        item.adjustment() == null ? null : item.adjustment().wire(),
        item.status().wire(),
        item.decision(),
        item.callId(),
        item.callStatus(),
        item.teamId(),
        item.requestId(),
        Side.of(item.gateway(), currency),
        item.eventId(),
        Side.of(item.ledger(), currency),
        item.inputTokens(),
        item.outputTokens(),
        Money.ofNanos(item.costNanos(), currency),
        item.batchId(),
        item.createdAt(),
        item.decidedAt(),
        item.decidedBy());
  }
}
