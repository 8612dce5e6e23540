package io.platformapi.routes.reconciliation;

import io.platformapi.routes.message.RunProgress;
import io.platformapi.routes.message.RunState;
import io.platformapi.routes.port.ReconciliationBooks;

/**
 * Compares the gateway's counters with its own rows and the ledger. Before the push of limits,
 * which can begin a counter anew.
 */
final class CountersStep implements RunStep {
  private final ReconciliationBooks books;

  CountersStep(ReconciliationBooks books) {
    this.books = books;
  }

  @Override
  public RunState reaches() {
    return RunState.COUNTED;
  }

  @Override
  public void perform(RunProgress run) {
    books.compareCounters(run);
  }
}
