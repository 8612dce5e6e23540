package io.platformapi.service.cache;

import java.time.Duration;
import java.util.function.ToLongFunction;

/**
 * How a whole is kept up to date.
 *
 * @param every pause between two loads in the background
 * @param retry pause after one that failed
 * @param size how many values the whole has, for the metrics
 */
public record SnapshotOptions<V>(Duration every, Duration retry, ToLongFunction<V> size) {}
