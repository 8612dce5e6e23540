package io.platformapi.routes.reconciliation;

import io.platformapi.routes.message.RunProgress;
import io.platformapi.routes.port.ReconciliationRuns;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Takes up the run of the tenant that is the body; without one the route ends. */
final class ClaimStep implements Processor {
  private final ReconciliationRuns runs;

  ClaimStep(ReconciliationRuns runs) {
    this.runs = runs;
  }

  @Override
  public void process(Exchange exchange) {
    Optional<RunProgress> run = runs.claim(exchange.getMessage().getBody(String.class));
    exchange.getMessage().setBody(run.orElse(null));
    exchange.setRouteStop(run.isEmpty());
  }
}
