package io.platformapi.routes.ingestion;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Remembers which tenants' databases were just found down, so that a batch need not find out again
 * at the price of a connection timeout.
 */
final class TenantCircuits {
  private static final Duration MAX_OPEN = Duration.ofSeconds(60);
  private static final int MAX_DOUBLINGS = 10;

  private final Duration open;
  private final Clock clock;
  private final ConcurrentMap<String, Open> circuits = new ConcurrentHashMap<>();

  private record Open(long untilMillis, int failures) {}

  TenantCircuits(Duration open, Clock clock) {
    this.open = open;
    this.clock = clock;
  }

  /**
   * Whether to try the tenant's database. When the time is up, one caller gets to try and the
   * others wait for its result.
   */
  boolean allows(String tenantId) {
    Open circuit = circuits.get(tenantId);
    if (circuit == null) {
      return true;
    }
    return clock.millis() >= circuit.untilMillis
        && circuits.replace(tenantId, circuit, opened(circuit.failures));
  }

  void failed(String tenantId) {
    circuits.compute(tenantId, (id, circuit) -> opened(circuit == null ? 1 : circuit.failures + 1));
  }

  void succeeded(String tenantId) {
    circuits.remove(tenantId);
  }

  private Open opened(int failures) {
    Duration wait = open.multipliedBy(1L << Math.min(failures - 1, MAX_DOUBLINGS));
    return new Open(
        clock.millis() + (wait.compareTo(MAX_OPEN) > 0 ? MAX_OPEN : wait).toMillis(), failures);
  }
}
