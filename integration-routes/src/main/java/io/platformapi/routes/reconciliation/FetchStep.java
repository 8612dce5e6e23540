package io.platformapi.routes.reconciliation;

import io.platformapi.routes.message.RunProgress;
import io.platformapi.routes.message.RunState;
import io.platformapi.routes.message.SpendPullResult;
import io.platformapi.routes.port.ReconciliationBooks;
import java.time.Duration;

/**
 * Reads the gateway's rows of the window once more, and some from beyond both its edges: rows are
 * written when their calls end, so the scheduled reading may have missed some.
 */
final class FetchStep implements RunStep {
  /** How far the clocks of the two sides may be apart at an edge. */
  static final Duration MARGIN = Duration.ofMinutes(2);

  private final GatewayLog log;
  private final ReconciliationBooks books;
  private final Interruption interruption;

  FetchStep(GatewayLog log, ReconciliationBooks books, Interruption interruption) {
    this.log = log;
    this.books = books;
    this.interruption = interruption;
  }

  @Override
  public RunState reaches() {
    return RunState.FETCHED;
  }

  @Override
  public void perform(RunProgress run) {
    for (String team : books.teams(run)) {
      interruption.check();
      SpendPullResult result =
          log.read(
              team,
              run.from().minus(MARGIN),
              run.to().plus(MARGIN),
              books.gatewaySide(run),
              run.runId().toString());
      if (!result.complete()) {
        throw new Interruption.StoppedException();
      }
    }
  }
}
