package io.platformapi.routes.reconciliation;

import io.platformapi.routes.message.RunProgress;
import io.platformapi.routes.message.RunState;
import io.platformapi.routes.port.ReconciliationBooks;

/** Cuts the window into slices that can each be worked on at once. */
final class LoadStep implements RunStep {
  private final ReconciliationBooks books;
  private final Interruption interruption;

  LoadStep(ReconciliationBooks books, Interruption interruption) {
    this.books = books;
    this.interruption = interruption;
  }

  @Override
  public RunState reaches() {
    return RunState.LOADED;
  }

  @Override
  public void perform(RunProgress run) {
    while (books.load(run)) {
      interruption.check();
    }
  }
}
