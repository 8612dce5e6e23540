package io.platformapi.routes.gateway;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Sends the request that is the body; the answer takes its place. */
final class GatewayStep implements Processor {
  private final Gateway gateway;

  GatewayStep(Gateway gateway) {
    this.gateway = gateway;
  }

  @Override
  public void process(Exchange exchange) {
    GatewayRequest request = (GatewayRequest) exchange.getMessage().getBody();
    exchange.getMessage().setBody(gateway.send(request));
  }
}
