package io.platformapi.routes.ingestion;

import com.fasterxml.jackson.core.JsonFactory;
import io.platformapi.routes.RoutesConfig;
import io.platformapi.routes.port.TenantDirectory;
import io.platformapi.routes.port.UsageStore;
import io.platformapi.routes.support.EventPublisher;
import io.platformapi.routes.support.KafkaEndpoints;
import io.platformapi.routes.support.RouteMeters;
import io.platformapi.routes.support.Stopping;
import java.time.Clock;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.component.kafka.consumer.DefaultKafkaManualCommitFactory;
import org.apache.camel.spi.Registry;

/** The ingestion flow, put together: its routes, and the entrance for HTTP bodies. */
public final class Ingestion implements AutoCloseable {
  private static final int TENANTS_SIDE_BY_SIDE = 4;
  private static final int STOP_SECONDS = 5;
  private static final String COMMIT_FACTORY = "synchronousCommit";
  private static final String RETRY_GROUP_SUFFIX = ".retry";

  private final RoutesConfig config;
  private final ExecutorService executor;
  private final IngestStep ingest;
  private final RetryStep retry;
  private final BodyIngest bodies;
  private final DeadLetters deadLetters;

  public Ingestion(
      RoutesConfig config,
      TenantDirectory tenants,
      UsageStore store,
      EventPublisher publisher,
      RouteMeters meters,
      Stopping stopping,
      Clock clock) {
    this.config = config;
    AtomicInteger number = new AtomicInteger();
    this.executor =
        Executors.newFixedThreadPool(
            TENANTS_SIDE_BY_SIDE,
            work -> {
              Thread thread = new Thread(work, "usage-store-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    JsonFactory json = UsageJson.factory();
    PutAside putAside = new PutAside(config, publisher, meters, clock);
    TenantStorer storer =
        new TenantStorer(store, new TenantCircuits(config.retryDelay(), clock), meters);
    this.ingest =
        new IngestStep(
            config,
            json,
            tenants,
            new ParallelStorer(storer, executor),
            putAside,
            meters,
            stopping);
    this.retry = new RetryStep(ingest, clock, stopping);
    this.bodies = new BodyIngest(config, json, tenants, publisher, putAside, meters, clock);
    this.deadLetters = new DeadLetters(config, publisher);
  }

  /** The consumers; none on a node that only takes bodies. */
  public List<RoutesBuilder> routes() {
    return config.consumers() == 0
        ? List.of()
        : List.of(new UsageIngestRoute(ingest), new UsageRetryRoute(retry));
  }

  /** Says where the routes' endpoints are, and binds what these refer to. */
  public void configure(Properties properties, Registry registry) {
    registry.bind(COMMIT_FACTORY, new DefaultKafkaManualCommitFactory());
    properties.setProperty(
        UsageIngestRoute.ENDPOINT,
        KafkaEndpoints.consumer(
            config.usageTopic(),
            config.consumerGroup(),
            config.consumers(),
            config.maxPollRecords(),
            COMMIT_FACTORY));
    properties.setProperty(
        UsageRetryRoute.ENDPOINT,
        KafkaEndpoints.consumer(
            config.retryTopic(),
            config.consumerGroup() + RETRY_GROUP_SUFFIX,
            1,
            config.maxPollRecords(),
            COMMIT_FACTORY));
  }

  public BodyIngest bodies() {
    return bodies;
  }

  /** What could not be posted. */
  public DeadLetters deadLetters() {
    return deadLetters;
  }

  @Override
  public void close() {
    executor.shutdown();
    try {
      if (!executor.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
        executor.shutdownNow();
      }
    } catch (InterruptedException e) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
