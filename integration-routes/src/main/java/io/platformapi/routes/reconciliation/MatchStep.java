package io.platformapi.routes.reconciliation;

import io.platformapi.routes.message.RunProgress;
import io.platformapi.routes.message.RunState;
import io.platformapi.routes.port.ReconciliationBooks;

/** Finds the calls that the sides do not agree on, slice by slice. */
final class MatchStep implements RunStep {
  private final ReconciliationBooks books;
  private final Interruption interruption;

  MatchStep(ReconciliationBooks books, Interruption interruption) {
    this.books = books;
    this.interruption = interruption;
  }

  @Override
  public RunState reaches() {
    return RunState.MATCHED;
  }

  @Override
  public void perform(RunProgress run) {
    while (books.match(run)) {
      interruption.check();
    }
  }
}
