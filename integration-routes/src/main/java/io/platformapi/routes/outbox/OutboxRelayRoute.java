package io.platformapi.routes.outbox;

import io.platformapi.routes.support.RouteIds;
import org.apache.camel.builder.RouteBuilder;

/**
 * From the databases' outboxes to the platform's topic: sweeps by a timer and on a hint. One
 * consumer with a queue of one: sweeps never overlap, and hints that come while one waits are one.
 * A sweep waits a moment for more: a busy tenant leaves an event with each settlement, and a sweep
 * for each would take as much of its database as the settlements.
 */
public final class OutboxRelayRoute extends RouteBuilder {
  public static final String WAKE_UP = "seda:outbox-wake-up?size=1&discardWhenFull=true";

  private static final int LINGER_MILLIS = 20;

  private final OutboxRelayStep step;
  private final long intervalMillis;

  public OutboxRelayRoute(OutboxRelayStep step, long intervalMillis) {
    this.step = step;
    this.intervalMillis = intervalMillis;
  }

  @Override
  public void configure() {
    from("timer:outbox?delay=0&fixedRate=false&period=" + intervalMillis)
        .routeId(RouteIds.OUTBOX_SWEEP)
        .to(WAKE_UP);
    from(WAKE_UP + "&pollTimeout=200&purgeWhenStopping=true")
        .routeId(RouteIds.OUTBOX_RELAY)
        .delay(LINGER_MILLIS)
        .syncDelayed()
        .process(step);
  }
}
