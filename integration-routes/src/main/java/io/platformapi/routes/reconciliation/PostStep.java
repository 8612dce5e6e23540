package io.platformapi.routes.reconciliation;

import io.platformapi.routes.message.RunProgress;
import io.platformapi.routes.message.RunState;
import io.platformapi.routes.port.ReconciliationBooks;

/** Posts what the policy wants adjusted. */
final class PostStep implements RunStep {
  private final ReconciliationBooks books;
  private final Interruption interruption;

  PostStep(ReconciliationBooks books, Interruption interruption) {
    this.books = books;
    this.interruption = interruption;
  }

  @Override
  public RunState reaches() {
    return RunState.POSTED;
  }

  @Override
  public void perform(RunProgress run) {
    while (books.post(run)) {
      interruption.check();
    }
  }
}
