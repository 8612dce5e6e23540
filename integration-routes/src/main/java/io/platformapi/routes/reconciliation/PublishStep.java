package io.platformapi.routes.reconciliation;

import io.platformapi.routes.message.RunProgress;
import io.platformapi.routes.message.RunState;
import io.platformapi.routes.port.ReconciliationBooks;

/** Tells other services what the run has found. */
final class PublishStep implements RunStep {
  private final ReconciliationBooks books;

  PublishStep(ReconciliationBooks books) {
    this.books = books;
  }

  @Override
  public RunState reaches() {
    return RunState.PUBLISHED;
  }

  @Override
  public void perform(RunProgress run) {
    books.publish(run);
  }
}
