package io.platformapi.routes;

import io.micrometer.core.instrument.MeterRegistry;
import io.platformapi.routes.alert.AlertIngest;
import io.platformapi.routes.alert.AlertOutcome;
import io.platformapi.routes.cache.CacheInvalidation;
import io.platformapi.routes.gateway.Gateway;
import io.platformapi.routes.gateway.GatewayFlow;
import io.platformapi.routes.gateway.litellm.LiteLlmSpend;
import io.platformapi.routes.gateway.litellm.SpendPull;
import io.platformapi.routes.ingestion.DeadLetters;
import io.platformapi.routes.ingestion.IngestResult;
import io.platformapi.routes.ingestion.Ingestion;
import io.platformapi.routes.message.Invalidation;
import io.platformapi.routes.message.SpendPullResult;
import io.platformapi.routes.outbox.OutboxRelayRoute;
import io.platformapi.routes.outbox.OutboxRelayStep;
import io.platformapi.routes.port.SpendBook;
import io.platformapi.routes.reconciliation.Reconciliation;
import io.platformapi.routes.reconciliation.SpendPullRoute;
import io.platformapi.routes.support.KafkaClients;
import io.platformapi.routes.support.KafkaPublisher;
import io.platformapi.routes.support.RouteIds;
import io.platformapi.routes.support.RouteMeters;
import io.platformapi.routes.support.SharedErrorHandling;
import io.platformapi.routes.support.Stopping;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.micrometer.routepolicy.MicrometerRoutePolicyFactory;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.engine.ExplicitCamelContextNameStrategy;
import org.apache.camel.spi.SupervisingRouteController;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The only way in: builds, starts and stops the Camel context with all routes. */
public final class IntegrationRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(IntegrationRoutes.class);
  private static final int RECONNECT_MS = 1_000;

  private final RoutesConfig config;
  private final Stopping stopping = new Stopping();
  private final KafkaPublisher publisher;
  private final Ingestion ingestion;
  private final AlertIngest alerts;
  private final CacheInvalidation invalidation;
  private final GatewayFlow outbound;
  private final DefaultCamelContext camel = new DefaultCamelContext();
  private final ProducerTemplate template;
  private final RouteMeters routeMeters;

  public IntegrationRoutes(RoutesConfig config, Ports ports, MeterRegistry meters) {
    this.config = config;
    routeMeters = new RouteMeters(meters);
    publisher = new KafkaPublisher(config.kafkaBrokers(), config.publishTimeout());
    ingestion =
        new Ingestion(
            config,
            ports.tenants(),
            ports.usage(),
            publisher,
            routeMeters,
            stopping,
            Clock.systemUTC());
    alerts =
        new AlertIngest(
            config.usageTopic(),
            config.deadTopic(),
            ports.tenants(),
            publisher,
            routeMeters,
            Clock.systemUTC());
    invalidation =
        new CacheInvalidation(config.redisHost(), config.redisPort(), ports.invalidations());
    outbound = new GatewayFlow(config.gateway(), ports.credentials(), meters);
    configureContext(meters);
    addRoutes(
        new OutboxRelayRoute(
            new OutboxRelayStep(
                ports.outbox(), publisher, config.platformTopic(), routeMeters, stopping),
            config.outboxInterval().toMillis()));
    template = camel.createProducerTemplate();
    addReconciliation(ports.reconciliation());
  }

  /**
   * Starts the routes. Returns although Kafka or Redis are down: the routes connect when they are
   * back.
   */
  public void start() {
    camel.start();
  }

  /** Stops the routes: no new work, what is in flight ends within the shutdown timeout. */
  public void stop() {
    stopping.stop();
    camel.stop();
    invalidation.close();
    ingestion.close();
    publisher.close();
  }

  /**
   * Reads what LiteLLM's generic_api logger posts (JSON array, NDJSON or one object), makes the
   * compact usage records, puts them on the usage topic and returns when Kafka has acknowledged
   * them all.
   *
   * @param requestId becomes the events' correlation id
   * @throws io.platformapi.routes.ingestion.MalformedBodyException when the body is empty or some
   *     piece of it is not JSON; what was readable is on the topic
   * @throws io.platformapi.routes.ingestion.BodyTooLargeException above 16 MiB
   * @throws io.platformapi.routes.support.PublishUnavailableException when Kafka does not
   *     acknowledge in time
   */
  public IngestResult ingest(InputStream body, String requestId) throws IOException {
    return ingestion.bodies().ingest(body, requestId);
  }

  /**
   * Reads what LiteLLM's webhook posts and returns when Kafka has acknowledged it.
   *
   * @param requestId becomes the event's correlation id
   * @throws io.platformapi.routes.alert.InvalidAlertException when the body is no alert
   * @throws io.platformapi.routes.port.StoreUnavailableException when tenants cannot be looked up
   * @throws io.platformapi.routes.support.PublishUnavailableException when Kafka does not
   *     acknowledge in time
   */
  public AlertOutcome alert(byte[] body, String requestId) {
    return alerts.ingest(body, requestId);
  }

  /** Events that could not be posted, for operators; independent of the routes' state. */
  public DeadLetters deadLetters() {
    return ingestion.deadLetters();
  }

  /** Tells the other nodes that something cached has changed. Never throws: a hint may be lost. */
  public void invalidate(Invalidation change) {
    invalidation.invalidate(change, template);
  }

  /** Hint that the outbox has news: relay soon instead of at the next sweep. */
  public void outboxChanged() {
    try {
      template.sendBody(OutboxRelayRoute.WAKE_UP, null);
    } catch (RuntimeException e) {
      LOG.debug("a hint for the outbox was lost, the next sweep will see", e);
    }
  }

  /** Hint that there is a run to work on: look now instead of at the next sweep. */
  public void reconciliationRequested() {
    try {
      Reconciliation.wakeUp(template);
    } catch (RuntimeException e) {
      LOG.debug("a hint for the reconciliation was lost, the next sweep will see", e);
    }
  }

  /**
   * The way to what lies behind Kong, the only one out of this process over HTTP. It may be taken
   * before the start; what it sends then, or after the stop, is refused.
   */
  public Gateway gateway() {
    return outbound.through(template);
  }

  private void configureContext(MeterRegistry meters) {
    camel.setNameStrategy(new ExplicitCamelContextNameStrategy("platform"));
    // Bodies are prompts: no body in an exception's text or a log line.
    camel.setLogExhaustedMessageBody(false);
    camel.setMessageHistory(false);
    camel.setLoadTypeConverters(false);
    // A tree of names for each record took a tenth of the consumers' time; all names are constants.
    camel.setCaseInsensitiveHeaders(false);
    camel.getShutdownStrategy().setTimeUnit(TimeUnit.MILLISECONDS);
    camel.getShutdownStrategy().setTimeout(config.shutdownTimeout().toMillis());
    camel.getShutdownStrategy().setShutdownNowOnTimeout(true);
    camel.getShutdownStrategy().setLogInflightExchangesOnTimeout(false);
    // Redis may be away at the start: its route is tried again until it is there.
    SupervisingRouteController supervisor = camel.getRouteController().supervising();
    supervisor.setBackOffDelay(RECONNECT_MS);
    supervisor.setInitialDelay(0);
    // Needs nobody to be there, and the issuer's keys are asked for right after the start.
    supervisor.setExcludeRoutes(RouteIds.GATEWAY);
    MicrometerRoutePolicyFactory policy = new MicrometerRoutePolicyFactory();
    policy.setMeterRegistry(meters);
    camel.addRoutePolicyFactory(policy);

    KafkaComponent kafka = new KafkaComponent();
    kafka.getConfiguration().setBrokers(config.kafkaBrokers());
    kafka.setKafkaClientFactory(new KafkaClients());
    kafka.setCreateConsumerBackoffInterval(RECONNECT_MS);
    kafka.setSubscribeConsumerBackoffInterval(RECONNECT_MS);
    camel.addComponent("kafka", kafka);

    Properties properties = new Properties();
    ingestion.configure(properties, camel.getRegistry());
    invalidation.configure(properties, camel.getRegistry());
    camel.getPropertiesComponent().setInitialProperties(properties);
  }

  private void addReconciliation(ReconciliationPorts ports) {
    ReconciliationConfig wanted = config.reconciliation();
    try {
      if (!wanted.interval().isZero()) {
        camel.addRoutes(
            new Reconciliation(
                    ports.runs(),
                    ports.books(),
                    this::readSpendLog,
                    stopping,
                    wanted.interval(),
                    wanted.concurrentRuns())
                .route());
      }
      if (!wanted.pullInterval().isZero()) {
        camel.addRoutes(new SpendPullRoute(() -> pull(ports), wanted.pullInterval().toMillis()));
      }
    } catch (Exception e) {
      throw new IllegalStateException("the routes are not well-formed", e);
    }
  }

  private SpendPullResult readSpendLog(
      String teamId, Instant from, Instant to, SpendBook into, String requestId) {
    SpendPull.Timing asItIs = new SpendPull.Timing(Duration.ZERO, Duration.ZERO);
    return spendPull(into, asItIs, Clock.fixed(to, ZoneOffset.UTC)).pull(teamId, from, requestId);
  }

  private void pull(ReconciliationPorts ports) {
    if (ports.turn().getAsBoolean()) {
      Instant since = Instant.now().minus(config.reconciliation().firstPull());
      spendPull(ports.spend(), SpendPull.Timing.USUAL, Clock.systemUTC()).pull(null, since, null);
    }
  }

  private SpendPull spendPull(SpendBook into, SpendPull.Timing timing, Clock until) {
    LiteLlmSpend spend = new LiteLlmSpend(gateway(), config.gateway().liteLlmPath());
    return new SpendPull(spend, into, timing, stopping::stopped, routeMeters, until);
  }

  private void addRoutes(RoutesBuilder outbox) {
    try {
      camel.addRoutesConfigurations(new SharedErrorHandling());
      for (RoutesBuilder route : ingestion.routes()) {
        camel.addRoutes(route);
      }
      camel.addRoutes(invalidation.route());
      camel.addRoutes(outbound.route());
      camel.addRoutes(outbox);
    } catch (Exception e) {
      throw new IllegalStateException("the routes are not well-formed", e);
    }
  }
}
