package io.platformapi.routes.reconciliation;

import io.platformapi.routes.message.RunProgress;
import io.platformapi.routes.message.RunState;
import io.platformapi.routes.port.ReconciliationBooks;

/** Brings the gateway's limits to what the quotas say. */
final class PushLimitsStep implements RunStep {
  private final ReconciliationBooks books;

  PushLimitsStep(ReconciliationBooks books) {
    this.books = books;
  }

  @Override
  public RunState reaches() {
    return RunState.LIMITS_PUSHED;
  }

  @Override
  public void perform(RunProgress run) {
    books.pushLimits(run);
  }
}
