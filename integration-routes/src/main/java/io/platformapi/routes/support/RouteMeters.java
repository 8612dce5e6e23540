package io.platformapi.routes.support;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The meters of the routes, all named {@code platform.*}. */
public final class RouteMeters {
  private final MeterRegistry registry;
  private final DistributionSummary batchSize;
  private final Map<String, Long> lag = new ConcurrentHashMap<>();

  public RouteMeters(MeterRegistry registry) {
    this.registry = registry;
    this.batchSize =
        DistributionSummary.builder("platform.ingest.batch.size")
            .description("Records of one poll")
            .register(registry);
    registry.gauge(
        "platform.ingest.lag", lag, map -> map.values().stream().mapToLong(Long::longValue).sum());
  }

  public void batch(int records) {
    batchSize.record(records);
  }

  /** Events stored now. */
  public void posted(int count) {
    events("posted", count);
  }

  /** Events that had been stored before. */
  public void duplicate(int count) {
    events("duplicate", count);
  }

  /** Gateway snapshots stored now. */
  public void snapshot(int count) {
    events("snapshot", count);
  }

  /** Events put aside because their tenant's database was down. */
  public void retried(int count) {
    events("retried", count);
  }

  public void dead(String reason) {
    registry.counter("platform.ingest.dead", "reason", reason).increment();
  }

  /** Events of HTTP bodies by what became of them. */
  public void received(String outcome, int count) {
    registry.counter("platform.ingest.http.events", "outcome", outcome).increment(count);
  }

  /** A budget alert by what became of it. */
  public void alert(String outcome) {
    registry.counter("platform.ingest.alerts", "outcome", outcome).increment();
  }

  /** Rows of the gateway's own book by what became of them. */
  public void pulled(String outcome, long count) {
    if (count > 0) {
      registry.counter("platform.spend.rows", "outcome", outcome).increment(count);
    }
  }

  public void relayed(int count) {
    registry.counter("platform.outbox.published").increment(count);
  }

  /** How many records wait behind one consumer's position, over its partitions. */
  public void lag(String consumer, long records) {
    lag.put(consumer, records);
  }

  private void events(String outcome, int count) {
    if (count > 0) {
      registry.counter("platform.ingest.events", "outcome", outcome).increment(count);
    }
  }
}
