package io.platformapi.routes.cache;

import io.platformapi.routes.support.RouteIds;
import org.apache.camel.LoggingLevel;
import org.apache.camel.builder.RouteBuilder;

/**
 * Between the nodes' caches, over Redis pub/sub: a hint that is lost while Redis is away, so a
 * failure to send one is not worth a word above debug.
 */
final class InvalidationRoute extends RouteBuilder {
  static final String SUBSCRIBE = "invalidation.subscribe.endpoint";
  static final String PUBLISH = "invalidation.publish.endpoint";
  static final String SEND = "seda:invalidation?size=1000&discardWhenFull=true";

  private final ReceiveInvalidationStep receive;

  InvalidationRoute(ReceiveInvalidationStep receive) {
    this.receive = receive;
  }

  @Override
  public void configure() {
    from("{{" + SUBSCRIBE + "}}").routeId(RouteIds.INVALIDATION_RECEIVE).process(receive);
    from(SEND + "&pollTimeout=200&purgeWhenStopping=true")
        .routeId(RouteIds.INVALIDATION_SEND)
        .doTry()
        .to("{{" + PUBLISH + "}}")
        .doCatch(Exception.class)
        .log(LoggingLevel.DEBUG, "an invalidation was lost: ${exception.message}")
        .end();
  }
}
