package io.platformapi.service.quota.balance;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Leaves a server alone that fails again and again, but for one who tries after each pause. */
final class Breaker {
  private final int most;
  private final long pause;
  private final LongSupplier nanos;
  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicLong nextTry = new AtomicLong();

  /**
   * @param most failures in a row after which it is left alone
   * @param nanos as {@link System#nanoTime} has it
   */
  Breaker(int most, Duration pause, LongSupplier nanos) {
    this.most = most;
    this.pause = pause.toNanos();
    this.nanos = nanos;
  }

  /** Whether whoever asks this may ask the server. */
  boolean closed() {
    if (failures.get() < most) {
      return true;
    }
    long due = nextTry.get();
    long now = nanos.getAsLong();
    return now - due >= 0 && nextTry.compareAndSet(due, now + pause);
  }

  void succeeded() {
    if (failures.get() != 0) {
      failures.set(0);
    }
  }

  /** Whether this is the failure after which the server is left alone. */
  boolean failed() {
    nextTry.set(nanos.getAsLong() + pause);
    return failures.updateAndGet(count -> Math.min(count + 1, most + 1)) == most;
  }
}
