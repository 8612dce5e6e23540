package io.platformapi.routes.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.time.Duration;
import java.util.List;

/** The meters of outbound calls, by upstream. */
final class GatewayMeters {
  private final MeterRegistry registry;

  GatewayMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Shows the state of an upstream for as long as the process runs. */
  void watch(String upstream, UpstreamGuard guard) {
    List<Tag> tags = List.of(Tag.of("upstream", upstream));
    registry.gauge(
        "platform.gateway.circuit.open", tags, guard.circuit(), circuit -> circuit.open() ? 1 : 0);
    registry.gauge("platform.gateway.in.flight", tags, guard.bulkhead(), Bulkhead::inFlight);
    registry.gauge("platform.gateway.waiting", tags, guard.bulkhead(), Bulkhead::waiting);
  }

  /**
   * @param outcome {@code 2xx} to {@code 5xx}, or why there was no answer
   */
  void called(String upstream, String method, String outcome, Duration took) {
    registry
        .timer(
            "platform.gateway.requests", "upstream", upstream, "method", method, "outcome", outcome)
        .record(took);
  }

  void retried(String upstream) {
    registry.counter("platform.gateway.retries", "upstream", upstream).increment();
  }
}
