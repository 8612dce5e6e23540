package io.platformapi.routes.reconciliation;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One scheduled reading of the gateway's log; what fails is read at the next. */
final class PullStep implements Processor {
  private static final Logger LOG = LoggerFactory.getLogger(PullStep.class);

  private final Runnable pull;
  private boolean failing;

  PullStep(Runnable pull) {
    this.pull = pull;
  }

  @Override
  public void process(Exchange exchange) {
    try {
      pull.run();
      failing = false;
    } catch (RuntimeException e) {
      // Once, not at every attempt of an outage.
      if (!failing) {
        failing = true;
        LOG.warn("the gateway's spend log cannot be read now: {}", e.getMessage());
      }
    }
  }
}
