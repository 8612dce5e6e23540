package io.platformapi.routes;

import io.micrometer.core.instrument.MeterRegistry;
import io.platformapi.routes.ingestion.IngestResult;
import io.platformapi.routes.message.Invalidation;
import java.io.IOException;
import java.io.InputStream;

/** The only way in: builds, starts and stops the Camel context with all routes. */
public final class IntegrationRoutes {

  public IntegrationRoutes(RoutesConfig config, Ports ports, MeterRegistry meters) {}

  /**
   * Starts the routes. Returns although Kafka or Redis are down: the routes connect when they are
   * back.
   */
  public void start() {}

  /** Stops the routes: no new work, what is in flight ends within the shutdown timeout. */
  public void stop() {}

  /**
   * Reads what LiteLLM's generic_api logger posts (JSON array, NDJSON or one object), makes the
   * compact usage records, puts them on the usage topic and returns when Kafka has acknowledged
   * them all.
   *
   * @param requestId becomes the events' correlation id
   */
  public IngestResult ingest(InputStream body, String requestId) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Tells the other nodes that something cached has changed. Never throws: a hint may be lost. */
  public void invalidate(Invalidation invalidation) {}

  /** Hint that the outbox has news: relay soon instead of at the next sweep. */
  public void outboxChanged() {}
}
