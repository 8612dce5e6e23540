package io.platformapi.routes.gateway;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Lets only so many calls of one upstream be under way at once, so that a slow one holds no more
 * threads than that. Who waits gets in by turn, or hears soon that there is no room.
 */
final class Bulkhead {
  private final int size;
  private final Duration maxWait;
  private final Semaphore places;

  Bulkhead(int size, Duration maxWait) {
    this.size = size;
    this.maxWait = maxWait;
    this.places = new Semaphore(size, true);
  }

  /**
   * Takes a place, which must be left again.
   *
   * @param left time of the call that is left; a longer wait is pointless
   * @return false when none became free in time
   */
  boolean enter(Duration left) throws InterruptedException {
    Duration wait = left.compareTo(maxWait) < 0 ? left : maxWait;
    return places.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS);
  }

  void leave() {
    places.release();
  }

  int inFlight() {
    return size - places.availablePermits();
  }

  int waiting() {
    return places.getQueueLength();
  }
}
