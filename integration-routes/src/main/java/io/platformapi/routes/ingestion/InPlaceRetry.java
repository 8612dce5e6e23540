package io.platformapi.routes.ingestion;

import io.platformapi.routes.port.StoreUnavailableException;
import io.platformapi.routes.port.TenantUnavailableException;
import io.platformapi.routes.support.Stopping;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries again while the store is down, with a growing pause, for one batch and no longer than may
 * be: a batch above the consumer's max.poll.interval would be stuck for good.
 */
final class InPlaceRetry {
  private static final Logger LOG = LoggerFactory.getLogger(InPlaceRetry.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration MAX_PAUSE = Duration.ofSeconds(5);

  private final long deadline;
  private final Stopping stopping;

  /** What may find the store down. */
  @FunctionalInterface
  interface Work<T, E extends Exception> {
    T run() throws E;
  }

  /** Begins the time allowed. */
  InPlaceRetry(Duration allowed, Stopping stopping) {
    this.deadline = System.nanoTime() + allowed.toNanos();
    this.stopping = stopping;
  }

  <T, E extends Exception> T call(Work<T, E> work) throws E {
    Duration pause = FIRST_PAUSE;
    while (true) {
      try {
        return work.run();
      } catch (TenantUnavailableException e) {
        throw e;
      } catch (StoreUnavailableException e) {
        long left = deadline - System.nanoTime();
        if (left <= pause.toNanos() || !stopping.pause(pause)) {
          throw e;
        }
        LOG.info("the store is down, trying again: {}", e.toString());
        pause = pause.multipliedBy(2).compareTo(MAX_PAUSE) > 0 ? MAX_PAUSE : pause.multipliedBy(2);
      }
    }
  }
}
