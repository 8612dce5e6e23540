package io.platformapi.service.reconciliation;

import io.platformapi.service.http.Money;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * A run as it is told.
 *
 * @param state the last step done; {@code completed} and {@code failed} are the ends
 * @param trigger what started it
 * @param error what went wrong last, or null
 * @param gateway its side of the window; zeros until it has been looked at, as is the ledger's
 * @param totals by class of difference; empty until the run is over
 * @param counters of the gateway, by verdict; empty until they are compared
 */
public record RunDetails(
    UUID id,
    String state,
    String trigger,
    Window window,
    String requestedBy,
    Instant createdAt,
    Instant startedAt,
    Instant finishedAt,
    int attempts,
    String error,
    long fetchedRows,
    Side gateway,
    Side ledger,
    long matchedCalls,
    int limitsPushed,
    List<Total> totals,
    List<Counters> counters) {

  /**
   * Start times of calls.
   *
   * @param coveredTo up to where it is covered: what is later had not settled
   */
  public record Window(Instant from, Instant to, Instant coveredTo) {}

  /** What one book has in the window. */
  public record Side(long calls, Money cost) {}

  /**
   * The differences of one class, gateway less ledger.
   *
   * @param costAbsolute the differences in cost without their signs, added up
   */
  public record Total(
      String difference,
      long items,
      long inputTokens,
      long outputTokens,
      Money cost,
      Money costAbsolute) {}

  /**
   * Counters of one verdict.
   *
   * @param drift money that counters and the gateway's rows are apart, without signs
   */
  public record Counters(String verdict, long counters, Money drift) {}

  static RunDetails of(ReconciliationRun run, String currency) {
    return new RunDetails(
        run.id(),
        run.state().wire(),
        run.trigger().wire(),
        new Window(run.from(), run.to(), run.coveredTo()),
        run.requestedBy(),
        run.createdAt(),
        run.startedAt(),
        run.finishedAt(),
        run.attempts(),
        run.error(),
        run.fetchedRows(),
        new Side(run.gatewayCalls(), Money.ofNanos(run.gatewayCostNanos(), currency)),
        new Side(run.ledgerCalls(), Money.ofNanos(run.ledgerCostNanos(), currency)),
        run.matchedCalls(),
        run.limitsPushed(),
        run.totals().stream()
            .map(
                total ->
                    new Total(
                        total.difference().wire(),
                        total.items(),
                        total.inputTokens(),
                        total.outputTokens(),
                        Money.ofNanos(total.costNanos(), currency),
                        Money.ofNanos(total.costNanosAbs(), currency)))
            .toList(),
        run.counters().stream()
            .map(
                total ->
                    new Counters(
                        total.verdict().wire(),
                        total.counters(),
                        Money.ofNanos(total.driftNanos(), currency)))
            .toList());
  }
}
