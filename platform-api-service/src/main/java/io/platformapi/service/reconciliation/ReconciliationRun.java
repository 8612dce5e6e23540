package io.platformapi.service.reconciliation;

import io.platformapi.routes.message.RunState;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * A run as it stands.
 *
 * @param from of the window that was asked for; start times of calls
 * @param to of that window, exclusive
 * @param coveredTo up to where the run covers it: later calls had not settled when it was asked
 *     for, their differences are pending
 * @param requestedBy subject of the caller, or the name of the machinery
 * @param requestId correlation id of the request, or null
 * @param state last step done
 * @param attempts how often it has been taken up, takeovers included
 * @param error what went wrong last, without anything secret, or null
 * @param fetchedRows rows that were read from the gateway for it, repeated ones included
 * @param gatewayCalls calls of the window in the gateway's book
 * @param ledgerCalls calls of the window in the ledger, without settlements; failures that cost
 *     nothing are on neither side
 * @param matchedCalls calls that both have
 * @param limitsPushed limits that were changed at the gateway
 * @param totals by class; empty until the run is over
 * @param counters of the gateway, by verdict; empty until they are compared
 */
public record ReconciliationRun(
    UUID id,
    Instant from,
    Instant to,
    Instant coveredTo,
    RunTrigger trigger,
    String requestedBy,
    String requestId,
    RunState state,
    Instant createdAt,
    Instant startedAt,
    Instant finishedAt,
    int attempts,
    String error,
    long fetchedRows,
    long gatewayCalls,
    long gatewayCostNanos,
    long ledgerCalls,
    long ledgerCostNanos,
    long matchedCalls,
    int limitsPushed,
    List<ClassTotal> totals,
    List<CounterTotal> counters) {

  /**
   * Counters of one verdict.
   *
   * @param driftNanos money that counters and rows are apart, without signs, where they drift
   */
  public record CounterTotal(CounterVerdict verdict, long counters, long driftNanos) {}

  /**
   * What a run found of one class.
   *
   * @param inputTokens gateway less ledger, as are output tokens and cost
   * @param costNanosAbs the differences in cost without their signs, added up
   */
  public record ClassTotal(
      DifferenceClass difference,
      long items,
      long inputTokens,
      long outputTokens,
      long costNanos,
      long costNanosAbs) {}
}
