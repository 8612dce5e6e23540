package io.platformapi.service.cache;

import java.time.Duration;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * How much a cache keeps, and for how long.
 *
 * @param maxEntries most entries; what is used least goes first
 * @param timeToLive how long a value is answered without asking anew; zero: it is not kept at all
 * @param whileAway what is answered when the truth cannot be asked
 * @param longest how old a value may get while it cannot be asked
 * @param emptiedByAnyChange whether a change of any key concerns every entry: for a cache whose
 *     keys are not those of its kind
 */
public record CacheOptions<V>(
    int maxEntries,
    Function<? super V, Duration> timeToLive,
    WhileAway whileAway,
    Duration longest,
    boolean emptiedByAnyChange) {

  public static <V> CacheOptions<V> of(int maxEntries, Duration timeToLive) {
    return of(maxEntries, value -> timeToLive);
  }

  /**
   * With a time for each value, e.g. a short one for an absence, the rest of its life for a token.
   */
  public static <V> CacheOptions<V> of(int maxEntries, Function<? super V, Duration> timeToLive) {
    return new CacheOptions<>(maxEntries, timeToLive, WhileAway.REFUSE, Duration.ZERO, false);
  }

  public CacheOptions<V> whileAway(WhileAway given, Duration longestAge) {
    return new CacheOptions<>(maxEntries, timeToLive, given, longestAge, emptiedByAnyChange);
  }

  /** Keeps no other values. */
  CacheOptions<V> keeping(Predicate<? super V> kept) {
    return new CacheOptions<>(
        maxEntries,
        value -> kept.test(value) ? timeToLive.apply(value) : Duration.ZERO,
        whileAway,
        longest,
        emptiedByAnyChange);
  }

  public CacheOptions<V> withEveryChange() {
    return new CacheOptions<>(maxEntries, timeToLive, whileAway, longest, true);
  }
}
