package io.platformapi.service.reconciliation;

import io.platformapi.routes.message.RunProgress;
import io.platformapi.routes.message.RunState;
import io.platformapi.routes.port.ReconciliationRuns;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Runs that tell of each that has failed, be it for this time or for ever. */
final class ObservedRuns implements ReconciliationRuns {
  private final ReconciliationRuns runs;
  private final Consumer<RunProgress> failed;

  ObservedRuns(ReconciliationRuns runs, Consumer<RunProgress> failed) {
    this.runs = runs;
    this.failed = failed;
  }

  @Override
  public List<String> due() {
    return runs.due();
  }

  @Override
  public Optional<RunProgress> claim(String tenantId) {
    return runs.claim(tenantId);
  }

  @Override
  public RunProgress reached(RunProgress run, RunState state) {
    return runs.reached(run, state);
  }

  @Override
  public void failed(RunProgress run, Exception cause) {
    runs.failed(run, cause);
    failed.accept(run);
  }

  @Override
  public void release(RunProgress run) {
    runs.release(run);
  }
}
