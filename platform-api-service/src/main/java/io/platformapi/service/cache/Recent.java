package io.platformapi.service.cache;

import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Values that somebody has just read or written elsewhere, remembered for a moment, which is how
 * far they may be behind; or for longer by who follows their changes and has missed none since.
 *
 * <p>A newer value is never replaced by an older one, whoever comes first, and what was read before
 * a value was written does not outlive it.
 */
public final class Recent<K, V> implements Holder {
  private final long moment;
  private final long longest;
  private final BiPredicate<? super V, ? super V> newer;
  private final Consumer<? super K> aging;
  private final LongSupplier time;
  private final com.github.benmanes.caffeine.cache.Cache<K, Kept<V>> values;
  private final Gets gets = new Gets();

  /**
   * @param longest for which a value is remembered whose changes are followed, if nothing else is
   *     said of it
   * @param newer whether the first of two values of a key is newer than the second
   * @param aging told of a key that is asked for in the last fifth of its time
   */
  Recent(
      int maxEntries,
      Duration moment,
      Duration longest,
      BiPredicate<? super V, ? super V> newer,
      Consumer<? super K> aging,
      LongSupplier time) {
    this.moment = moment.toNanos();
    this.longest = Math.max(this.moment, longest.toNanos());
    this.newer = newer;
    this.aging = aging;
    this.time = time;
    this.values =
        Caffeine.newBuilder()
            // Its own times are too coarse; what is over stays until there is no more room.
            .maximumSize(maxEntries)
            .executor(Runnable::run)
            .build();
  }

  /**
   * @param since when it was the present one
   * @param longest for which it is remembered
   * @param there whether it was read where changes are told
   */
  private record Kept<V>(V value, long since, long longest, boolean there) {}

  /**
   * The value of a key, or null when none is remembered.
   *
   * @param followed for how many nanoseconds all changes there have been told to {@link #keep}, up
   *     to a moment ago; negative when they are not
   */
  public V get(K key, long followed) {
    Kept<V> kept = values.getIfPresent(key);
    if (kept != null) {
      long age = time.getAsLong() - kept.since;
      if (age < moment || kept.there && age <= followed && age < kept.longest) {
        gets.hits.increment();
        if (age >= kept.longest / 5 * 4) {
          aging.accept(key);
        }
        return kept.value;
      }
    }
    gets.misses.increment();
    return null;
  }

  /** The present moment, to be taken before a value is read elsewhere. */
  public long now() {
    return time.getAsLong();
  }

  /**
   * Remembers a value that was read, or told as changed, unless a newer one is remembered.
   *
   * @param since a time before that, as {@link #now} had it
   * @return the newer of both
   */
  public V keep(K key, V value, long since) {
    return keep(key, value, since, longest);
  }

  /** The same for another time than that of most, in nanoseconds. */
  public V keep(K key, V value, long since, long atMost) {
    return keep(key, new Kept<>(value, since, Math.max(moment, atMost), true));
  }

  /** The same for a moment, of a value that is just being written there. */
  public V note(K key, V value, long since) {
    return keep(key, new Kept<>(value, since, longest, false));
  }

  private V keep(K key, Kept<V> kept) {
    return values.asMap().merge(key, kept, this::later).value;
  }

  private Kept<V> later(Kept<V> known, Kept<V> other) {
    if (newer.test(known.value, other.value) && time.getAsLong() - known.since < known.longest) {
      return known;
    }
    if (newer.test(other.value, known.value)) {
      return other;
    }
    return other.since - known.since > 0 ? other : known;
  }

  /** Forgets nothing: who follows changes remembers what they have become. */
  @Override
  public void invalidate(Change change, ChangeSource source) {
    // What is remembered is forgotten by itself.
  }

  @Override
  public long size() {
    values.cleanUp();
    return values.estimatedSize();
  }

  /** None is further behind than the moment. */
  @Override
  public double ageSeconds() {
    return 0;
  }

  @Override
  public Gets gets() {
    return gets;
  }
}
