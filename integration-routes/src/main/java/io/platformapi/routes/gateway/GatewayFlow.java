package io.platformapi.routes.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import io.platformapi.routes.port.UpstreamCredentials;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.component.direct.DirectConsumerNotAvailableException;

/** The outbound flow, put together: its route and the way to use it. */
public final class GatewayFlow {
  private final GatewayRoute route;

  public GatewayFlow(
      GatewayConfig config, UpstreamCredentials credentials, MeterRegistry registry) {
    this.route = new GatewayRoute(new GatewayStep(new KongGateway(config, credentials, registry)));
  }

  public RoutesBuilder route() {
    return route;
  }

  /** The gateway whose requests go through the route. */
  public Gateway through(ProducerTemplate camel) {
    return request -> send(camel, request);
  }

  private static GatewayResponse send(ProducerTemplate camel, GatewayRequest request) {
    if (!camel.getCamelContext().isStarted()) {
      throw notRunning(null);
    }
    Exchange exchange =
        camel.request(GatewayRoute.SEND, unsent -> unsent.getMessage().setBody(request));
    Exception failure = exchange.getException();
    if (failure == null) {
      return (GatewayResponse) exchange.getMessage().getBody();
    }
    if (failure instanceof GatewayException || failure instanceof IllegalArgumentException) {
      throw (RuntimeException) failure;
    }
    if (failure instanceof DirectConsumerNotAvailableException
        || failure instanceof RejectedExecutionException) {
      throw notRunning(failure);
    }
    throw new IllegalStateException("the gateway's route failed", failure);
  }

  private static GatewayException notRunning(Exception cause) {
    return new GatewayException(
        GatewayException.Reason.NOT_RUNNING, "the gateway's route does not run", cause);
  }
}
