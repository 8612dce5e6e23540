package io.platformapi.routes.reconciliation;

import io.platformapi.routes.message.RunProgress;
import io.platformapi.routes.port.LostClaimException;
import io.platformapi.routes.port.ReconciliationRuns;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts a run that could not go on where it can be taken up again. */
final class FailedStep implements Processor {
  private static final Logger LOG = LoggerFactory.getLogger(FailedStep.class);

  private final ReconciliationRuns runs;

  FailedStep(ReconciliationRuns runs) {
    this.runs = runs;
  }

  @Override
  public void process(Exchange exchange) {
    Exception cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
    if (!(exchange.getMessage().getBody() instanceof RunProgress run)) {
      LOG.warn(
          "no run of {} can be taken up now: {}",
          exchange.getMessage().getBody(),
          cause.getMessage());
      return;
    }
    if (cause instanceof LostClaimException) {
      LOG.info("run {} of {} is another node's now", run.runId(), run.tenantId());
      return;
    }
    if (cause instanceof Interruption.StoppedException) {
      runs.release(run);
      return;
    }
    LOG.warn(
        "run {} of {} cannot go on after it has {}",
        run.runId(),
        run.tenantId(),
        run.state().wire(),
        cause);
    runs.failed(run, cause);
  }
}
