package io.platformapi.routes.gateway;

/** Sends requests to what lies behind Kong, and to nothing else. */
@FunctionalInterface
public interface Gateway {

  /**
   * Sends a request and returns whatever status was answered; redirects are answers too, never
   * followed. A safe method (GET, HEAD, OPTIONS) is tried up to three times within its timeout.
   *
   * @throws IllegalArgumentException when the path is no plain path behind Kong
   * @throws GatewayException when there is no usable answer
   */
  GatewayResponse send(GatewayRequest request);
}
