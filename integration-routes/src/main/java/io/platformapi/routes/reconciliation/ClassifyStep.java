package io.platformapi.routes.reconciliation;

import io.platformapi.routes.message.RunProgress;
import io.platformapi.routes.message.RunState;
import io.platformapi.routes.port.ReconciliationBooks;

/** Names each difference and its reason. */
final class ClassifyStep implements RunStep {
  private final ReconciliationBooks books;
  private final Interruption interruption;

  ClassifyStep(ReconciliationBooks books, Interruption interruption) {
    this.books = books;
    this.interruption = interruption;
  }

  @Override
  public RunState reaches() {
    return RunState.CLASSIFIED;
  }

  @Override
  public void perform(RunProgress run) {
    while (books.classify(run)) {
      interruption.check();
    }
  }
}
