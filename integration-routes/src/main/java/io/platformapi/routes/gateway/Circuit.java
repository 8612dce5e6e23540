package io.platformapi.routes.gateway;

import java.time.Duration;

/**
 * Leaves an upstream alone after it failed several times in a row; then one request at a time tries
 * it again.
 */
final class Circuit {
  static final int FAILURES = 5;
  static final Duration PAUSE = Duration.ofSeconds(1);

  private int failures;
  private long lastFailure;
  private boolean trying;

  /**
   * Whether a request may go through; one that may must tell how it ended.
   *
   * @param now of {@link System#nanoTime()}
   */
  synchronized boolean passes(long now) {
    if (failures < FAILURES) {
      return true;
    }
    if (trying || now - lastFailure < PAUSE.toNanos()) {
      return false;
    }
    trying = true;
    return true;
  }

  synchronized void succeeded() {
    failures = 0;
    trying = false;
  }

  synchronized void failed(long now) {
    failures = Math.min(failures + 1, FAILURES);
    lastFailure = now;
    trying = false;
  }

  /** The request ended by our own doing, which says nothing of the upstream. */
  synchronized void abandoned() {
    trying = false;
  }

  synchronized boolean open() {
    return failures >= FAILURES;
  }
}
