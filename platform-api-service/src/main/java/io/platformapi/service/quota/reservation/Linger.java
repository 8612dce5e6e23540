package io.platformapi.service.quota.reservation;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * How long patient requests wait for more of their kind, so that one transaction does for all of
 * them, and then for those in a hurry to be through, who would else wait for cores and rows. Only
 * while the node is at other requests of the same tenant: who is alone never waits.
 */
public final class Linger {
  /** Waits for nobody. */
  public static final Linger NONE = new Linger(Duration.ZERO);

  private static final int STEPS = 10;

  private final long nanos;
  private final LongConsumer pause;
  private final Map<String, UnderWay> tenants = new ConcurrentHashMap<>();

  /**
   * @param time for which more of its kind are waited for, and at most as long again for those in a
   *     hurry
   */
  public Linger(Duration time) {
    this(time, LockSupport::parkNanos);
  }

  /**
   * @param pause waits so many nanoseconds, or less
   */
  Linger(Duration time, LongConsumer pause) {
    this.nanos = time.toNanos();
    this.pause = pause;
  }

  private static final class UnderWay {
    final AtomicInteger all = new AtomicInteger();
    final AtomicInteger hurried = new AtomicInteger();
  }

  /** A tenant's request that waits for nobody, and is waited for. */
  <T> T hurried(String tenantId, Supplier<T> request) {
    AtomicInteger hurried = of(tenantId).hurried;
    hurried.incrementAndGet();
    try {
      return patient(tenantId, request);
    } finally {
      hurried.decrementAndGet();
    }
  }

  /** A tenant's request that may {@link #await}. */
  <T> T patient(String tenantId, Supplier<T> request) {
    AtomicInteger all = of(tenantId).all;
    all.incrementAndGet();
    try {
      return request.get();
    } finally {
      all.decrementAndGet();
    }
  }

  /** Waits in the name of a patient request, unless it is the only one. */
  void await(String tenantId) {
    UnderWay others = of(tenantId);
    if (nanos == 0 || others.all.get() <= 1) {
      return;
    }
    pause.accept(nanos);
    for (int i = 0; i < STEPS && others.hurried.get() > 0; i++) {
      pause.accept(nanos / STEPS);
    }
  }

  private UnderWay of(String tenantId) {
    return tenants.computeIfAbsent(tenantId, id -> new UnderWay());
  }
}
