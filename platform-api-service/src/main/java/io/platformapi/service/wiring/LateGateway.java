package io.platformapi.service.wiring;

import io.platformapi.routes.IntegrationRoutes;
import io.platformapi.routes.gateway.Gateway;
import io.platformapi.routes.gateway.GatewayRequest;
import io.platformapi.routes.gateway.GatewayResponse;

/** The gateway for features that are made before the routes are. */
final class LateGateway implements Gateway {
  private volatile Gateway gateway;

  /** To be called once, before anybody sends. */
  void attach(IntegrationRoutes routes) {
    gateway = routes.gateway();
  }

  @Override
  public GatewayResponse send(GatewayRequest request) {
    Gateway present = gateway;
    if (present == null) {
      throw new IllegalStateException("the routes are not there yet");
    }
    return present.send(request);
  }
}
