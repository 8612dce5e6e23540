package io.platformapi.service.wiring;

import io.dropwizard.lifecycle.Managed;
import io.micrometer.core.instrument.MeterRegistry;
import io.platformapi.routes.IntegrationRoutes;
import io.platformapi.routes.Ports;
import io.platformapi.routes.ReconciliationConfig;
import io.platformapi.routes.RoutesConfig;
import io.platformapi.routes.gateway.GatewayConfig;
import io.platformapi.service.PlatformConfiguration;
import io.platformapi.service.config.GatewayConfiguration;
import io.platformapi.service.config.KafkaConfiguration;
import io.platformapi.service.config.ReconciliationConfiguration;
import java.time.Duration;

/** The Camel routes as a part of the service's life. */
public final class Routes implements Managed {
  // Jetty waits 30 s.
  private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(15);
  private static final Duration STORE_RETRY = Duration.ofSeconds(30);
  private static final Duration PUBLISH_TIMEOUT = Duration.ofSeconds(10);

  private final IntegrationRoutes routes;

  public Routes(PlatformConfiguration configuration, Ports ports, MeterRegistry meters) {
    this.routes = new IntegrationRoutes(config(configuration), ports, meters);
  }

  public IntegrationRoutes integration() {
    return routes;
  }

  @Override
  public void start() {
    routes.start();
  }

  @Override
  public void stop() {
    routes.stop();
  }

  private static RoutesConfig config(PlatformConfiguration configuration) {
    KafkaConfiguration kafka = configuration.kafka();
    GatewayConfiguration gateway = configuration.gateway();
    return new RoutesConfig(
        kafka.brokers(),
        kafka.usageTopic(),
        kafka.retryTopic(),
        kafka.deadTopic(),
        kafka.platformTopic(),
        kafka.group(),
        kafka.consumers(),
        kafka.maxPollRecords(),
        configuration.redis().host(),
        configuration.redis().port(),
        configuration.outbox().interval().toJavaDuration(),
        kafka.retryDelay().toJavaDuration(),
        SHUTDOWN_TIMEOUT,
        STORE_RETRY,
        PUBLISH_TIMEOUT,
        new GatewayConfig(
            gateway.url(),
            gateway.maxConcurrentCalls(),
            gateway.maxWait().toJavaDuration(),
            gateway.litellm().path(),
            gateway.kongAdmin().path()),
        reconciliation(configuration));
  }

  private static ReconciliationConfig reconciliation(PlatformConfiguration configuration) {
    ReconciliationConfiguration reconciliation = configuration.reconciliation();
    return new ReconciliationConfig(
        reconciliation.interval(),
        reconciliation.concurrentRuns(),
        configuration.gateway().litellm().isCalled()
            ? reconciliation.pullInterval()
            : Duration.ZERO,
        reconciliation.firstPull());
  }
}
