package io.platformapi.routes.reconciliation;

import io.platformapi.routes.message.RunProgress;
import io.platformapi.routes.message.RunState;
import io.platformapi.routes.port.ReconciliationBooks;

/** Closes the run; its row and items are the report. */
final class ReportStep implements RunStep {
  private final ReconciliationBooks books;

  ReportStep(ReconciliationBooks books) {
    this.books = books;
  }

  @Override
  public RunState reaches() {
    return RunState.COMPLETED;
  }

  @Override
  public void perform(RunProgress run) {
    books.report(run);
  }
}
