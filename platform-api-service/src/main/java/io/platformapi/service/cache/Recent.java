package io.platformapi.service.cache;

import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiPredicate;
import java.util.function.LongSupplier;

/**
 * Values that somebody has just read or written elsewhere, remembered for a moment. Nobody tells of
 * their changes, so the moment is how far they may be behind.
 *
 * <p>A newer value is never replaced by an older one, whoever comes first, and what was read before
 * a value was written does not outlive it.
 */
public final class Recent<K, V> implements Holder {
  private final long moment;
  private final BiPredicate<? super V, ? super V> newer;
  private final LongSupplier time;
  private final com.github.benmanes.caffeine.cache.Cache<K, Kept<V>> values;
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();

  /**
   * @param newer whether the first of two values of a key is newer than the second
   */
  Recent(
      int maxEntries, Duration moment, BiPredicate<? super V, ? super V> newer, LongSupplier time) {
    this.moment = moment.toNanos();
    this.newer = newer;
    this.time = time;
    this.values =
        Caffeine.newBuilder()
            // Its own times are too coarse; what is over stays until there is no more room.
            .maximumSize(maxEntries)
            .executor(Runnable::run)
            .build();
  }

  /**
   * @param until when it is told no more
   */
  private record Kept<V>(V value, long until) {}

  /** The value of a key, or null when none is remembered. */
  public V get(K key) {
    Kept<V> kept = values.getIfPresent(key);
    if (kept == null || kept.until - time.getAsLong() <= 0) {
      misses.increment();
      return null;
    }
    hits.increment();
    return kept.value;
  }

  /** The present moment, to be taken before a value is read elsewhere. */
  public long now() {
    return time.getAsLong();
  }

  /**
   * Remembers a value, unless a newer one is remembered.
   *
   * @param since when it was the present one, as {@link #now} had it
   * @return the newer of both
   */
  public V keep(K key, V value, long since) {
    Kept<V> kept = new Kept<>(value, since + moment);
    return values.asMap().merge(key, kept, this::later).value;
  }

  private Kept<V> later(Kept<V> known, Kept<V> other) {
    if (newer.test(known.value, other.value) && known.until - time.getAsLong() > 0) {
      return known;
    }
    if (newer.test(other.value, known.value)) {
      return other;
    }
    return other.until - known.until > 0 ? other : known;
  }

  /** Forgets nothing: nobody is told of changes. */
  @Override
  public void invalidate(Change change, ChangeSource source) {
    // What is remembered is forgotten by itself.
  }

  @Override
  public long size() {
    values.cleanUp();
    return values.estimatedSize();
  }

  /** None is older than the moment. */
  @Override
  public double ageSeconds() {
    return 0;
  }

  @Override
  public long hits() {
    return hits.sum();
  }

  @Override
  public long misses() {
    return misses.sum();
  }

  @Override
  public long stale() {
    return 0;
  }
}
