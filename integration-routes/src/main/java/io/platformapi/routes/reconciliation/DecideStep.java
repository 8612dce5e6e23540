package io.platformapi.routes.reconciliation;

import io.platformapi.routes.message.RunProgress;
import io.platformapi.routes.message.RunState;
import io.platformapi.routes.port.ReconciliationBooks;

/** Decides by the tenant's policy what is done about each difference. */
final class DecideStep implements RunStep {
  private final ReconciliationBooks books;
  private final Interruption interruption;

  DecideStep(ReconciliationBooks books, Interruption interruption) {
    this.books = books;
    this.interruption = interruption;
  }

  @Override
  public RunState reaches() {
    return RunState.DECIDED;
  }

  @Override
  public void perform(RunProgress run) {
    while (books.decide(run)) {
      interruption.check();
    }
  }
}
