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

  void circuit(String upstream, Circuit circuit) {
    registry.gauge(
        "platform.gateway.circuit.open",
        List.of(Tag.of("upstream", upstream)),
        circuit,
        state -> state.open() ? 1 : 0);
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
