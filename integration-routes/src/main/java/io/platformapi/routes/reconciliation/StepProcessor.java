package io.platformapi.routes.reconciliation;

import io.platformapi.routes.message.RunProgress;
import io.platformapi.routes.port.ReconciliationRuns;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Runs a step of the run that is the body, unless the run has it behind it. */
final class StepProcessor implements Processor {
  private final RunStep step;
  private final ReconciliationRuns runs;
  private final Interruption interruption;

  StepProcessor(RunStep step, ReconciliationRuns runs, Interruption interruption) {
    this.step = step;
    this.runs = runs;
    this.interruption = interruption;
  }

  @Override
  public void process(Exchange exchange) {
    RunProgress run = exchange.getMessage().getBody(RunProgress.class);
    if (run.state().hasReached(step.reaches())) {
      return;
    }
    interruption.check();
    step.perform(run);
    exchange.getMessage().setBody(runs.reached(run, step.reaches()));
  }
}
