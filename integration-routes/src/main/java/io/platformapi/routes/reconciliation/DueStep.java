package io.platformapi.routes.reconciliation;

import io.platformapi.routes.port.ReconciliationRuns;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks which tenants may have a run to work on. */
final class DueStep implements Processor {
  private static final Logger LOG = LoggerFactory.getLogger(DueStep.class);

  private final ReconciliationRuns runs;

  DueStep(ReconciliationRuns runs) {
    this.runs = runs;
  }

  @Override
  public void process(Exchange exchange) {
    try {
      exchange.getMessage().setBody(runs.due());
    } catch (RuntimeException e) {
      LOG.warn("it cannot be known now what is to be reconciled: {}", e.getMessage());
      exchange.getMessage().setBody(List.of());
    }
  }
}
