package io.platformapi.service.quota.reservation;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * How long what nobody is in a hurry for waits for more of its kind, so that one transaction does
 * for all of them, and leaves the cores and the rows to those who are in a hurry. Only while the
 * node is at other requests of the same tenant: who is alone never waits.
 */
public final class Linger {
  /** Waits for nobody. */
  public static final Linger NONE = new Linger(Duration.ZERO);

  private final long nanos;
  private final Map<String, AtomicInteger> underWay = new ConcurrentHashMap<>();

  /**
   * @param time at most; it may be less
   */
  public Linger(Duration time) {
    this.nanos = time.toNanos();
  }

  /** The node is at one more request of a tenant, until {@link #left}. */
  void came(String tenantId) {
    underWay.computeIfAbsent(tenantId, id -> new AtomicInteger()).incrementAndGet();
  }

  void left(String tenantId) {
    underWay.get(tenantId).decrementAndGet();
  }

  /** Waits, in the name of a request that has come and not left, unless it is the only one. */
  void await(String tenantId) {
    if (nanos > 0 && underWay.get(tenantId).get() > 1) {
      LockSupport.parkNanos(this, nanos);
    }
  }
}
