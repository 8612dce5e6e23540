package io.platformapi.routes.gateway;

import io.platformapi.routes.support.RouteIds;
import org.apache.camel.builder.RouteBuilder;

/** The one way out of this process over HTTP: to Kong. */
final class GatewayRoute extends RouteBuilder {
  // Callers must hear at once that the route does not run, not after half a minute.
  static final String SEND = "direct:gateway?block=false";

  private final GatewayStep step;

  GatewayRoute(GatewayStep step) {
    this.step = step;
  }

  @Override
  public void configure() {
    from(SEND)
        .routeId(RouteIds.GATEWAY)
        // The caller is told; the step has logged what may be logged.
        .errorHandler(noErrorHandler())
        .process(step);
  }
}
