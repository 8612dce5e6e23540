package io.platformapi.service.cache;

import java.time.Duration;
import java.util.function.ToLongFunction;

/**
 * How a whole is kept up to date.
 *
 * @param every pause between two loads in the background
 * @param retry pause after one that failed
 * @param size how many values the whole has, for the metrics
 * @param startedByOwner whether its owner starts the background, since what is loaded from is not
 *     there yet when the caches start
 */
public record SnapshotOptions<V>(
    Duration every, Duration retry, ToLongFunction<V> size, boolean startedByOwner) {

  /** Of one that starts with all caches. */
  public SnapshotOptions(Duration every, Duration retry, ToLongFunction<V> size) {
    this(every, retry, size, false);
  }

  public SnapshotOptions<V> ownStart() {
    return new SnapshotOptions<>(every, retry, size, true);
  }
}
