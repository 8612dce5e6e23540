package io.platformapi.routes.reconciliation;

import io.platformapi.routes.support.RouteIds;
import org.apache.camel.builder.RouteBuilder;

/** Brings the gateway's rows into our book by a timer, so that a run has little left to read. */
public final class SpendPullRoute extends RouteBuilder {
  private final Runnable pull;
  private final long intervalMillis;

  /**
   * @param pull reads what is new; does nothing while another node does
   */
  public SpendPullRoute(Runnable pull, long intervalMillis) {
    this.pull = pull;
    this.intervalMillis = intervalMillis;
  }

  @Override
  public void configure() {
    from("timer:spend-pull?fixedRate=false&delay=%1$d&period=%1$d".formatted(intervalMillis))
        .routeId(RouteIds.SPEND_PULL)
        .process(new PullStep(pull));
  }
}
