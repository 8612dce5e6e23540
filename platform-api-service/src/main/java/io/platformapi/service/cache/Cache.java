package io.platformapi.service.cache;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.platformapi.service.cache.Slot.Failed;
import io.platformapi.service.cache.Slot.Known;
import io.platformapi.service.cache.Slot.Loading;
import io.platformapi.service.persistence.DatabaseUnavailableException;
import io.platformapi.service.problem.UnavailableException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Values by key, each loaded by whoever asks for it first, in the asking thread, while others wait.
 *
 * <p>An invalidation always wins: a value whose loading began before it is not kept, and nobody who
 * asks after it is answered from before it. What a loader throws is thrown to all who wait and not
 * kept; only a truth that is away ({@link DatabaseUnavailableException}, {@link
 * UnavailableException}) is left alone for a second.
 */
public final class Cache<V> implements Holder {
  private static final long PAUSE = Duration.ofSeconds(1).toNanos();
  private static final long PATIENCE_MS = 1_000;

  private final CacheOptions<V> options;
  private final Function<String, V> loader;
  private final LongSupplier time;
  private final com.github.benmanes.caffeine.cache.Cache<String, Slot<V>> slots;
  private final Gets gets = new Gets();

  Cache(CacheOptions<V> options, Function<String, V> loader, LongSupplier time) {
    this.options = options;
    this.loader = loader;
    this.time = time;
    this.slots =
        Caffeine.newBuilder()
            .maximumSize(options.maxEntries())
            .expireAfter(
                Expiry.<String, Slot<V>>writing(
                    (key, slot) -> slot.kept(time.getAsLong(), options.longest())))
            .ticker(time::getAsLong)
            .executor(Runnable::run)
            .build();
  }

  /**
   * The value of a key.
   *
   * @throws RuntimeException what the loader throws
   */
  public V get(String key) {
    Known<V> known = fresh(slots.getIfPresent(key), value -> true);
    return known != null ? hit(known) : ask(key, value -> true, () -> loader.apply(key));
  }

  /**
   * The value of a key, for a cache whose loader needs more than the key.
   *
   * @param usable whether a known value will do; must be quick
   * @param load asked when none does
   */
  public V get(String key, Predicate<? super V> usable, Supplier<? extends V> load) {
    Known<V> known = fresh(slots.getIfPresent(key), usable);
    return known != null ? hit(known) : ask(key, usable, load);
  }

  /** Whether there is a value of a key, be it one that must be asked anew. */
  boolean holds(String key) {
    Slot<V> slot = slots.getIfPresent(key);
    return slot instanceof Known<V> || slot instanceof Loading<V> mine && mine.previous != null;
  }

  @Override
  public void invalidate(Change change, ChangeSource source) {
    if (options.emptiedByAnyChange()) {
      clear();
    } else if (change.wide()) {
      slots.asMap().keySet().stream().filter(change::covers).forEach(this::forget);
    } else {
      forget(change.key());
    }
  }

  /** Answers nobody who asks from now on with what it knew. */
  private void clear() {
    slots.asMap().keySet().forEach(this::forget);
  }

  @Override
  public long size() {
    slots.cleanUp();
    return slots.estimatedSize();
  }

  @Override
  public double ageSeconds() {
    long now = time.getAsLong();
    long oldest = 0;
    for (Slot<V> slot : slots.asMap().values()) {
      if (slot instanceof Known<V> known) {
        oldest = Math.max(oldest, now - known.loadedAt());
      }
    }
    return oldest / 1e9;
  }

  @Override
  public Gets gets() {
    return gets;
  }

  private Known<V> fresh(Slot<V> slot, Predicate<? super V> usable) {
    return slot instanceof Known<V> known
            && known.fresh(time.getAsLong())
            && usable.test(known.value())
        ? known
        : null;
  }

  private V hit(Known<V> known) {
    (known.expired() ? gets.stale : gets.hits).increment();
    return known.value();
  }

  private V ask(String key, Predicate<? super V> usable, Supplier<? extends V> load) {
    while (true) {
      Loading<V> mine = new Loading<>();
      Slot<V> slot = slots.asMap().compute(key, (k, now) -> claimed(now, mine, usable));
      if (slot == mine) {
        gets.misses.increment();
        return load(key, mine, usable, load);
      }
      if (slot instanceof Known<V> known) {
        return hit(known);
      }
      if (slot instanceof Failed<V> failed) {
        throw failed.failure();
      }
      V value = join(key, (Loading<V>) slot, usable);
      if (usable.test(value)) {
        gets.hits.increment();
        return value;
      }
    }
  }

  private Slot<V> claimed(Slot<V> current, Loading<V> mine, Predicate<? super V> usable) {
    if (current instanceof Loading<V>
        || fresh(current, usable) != null
        || current instanceof Failed<V> failed && failed.recent(time.getAsLong())) {
      return current;
    }
    mine.previous = current instanceof Known<V> known ? known : null;
    return mine;
  }

  private V load(
      String key, Loading<V> mine, Predicate<? super V> usable, Supplier<? extends V> load) {
    long began = time.getAsLong();
    try {
      V value = Objects.requireNonNull(load.get(), "a loader must not answer null");
      long life = options.timeToLive().apply(value).toNanos();
      swap(key, mine, life > 0 ? new Known<>(value, began, began + life, false) : null);
      mine.result.complete(value);
      return value;
    } catch (DatabaseUnavailableException | UnavailableException e) {
      return withoutTruth(key, mine, usable, e);
    } catch (RuntimeException | Error e) {
      swap(key, mine, null);
      mine.result.completeExceptionally(e);
      throw e;
    }
  }

  private V withoutTruth(
      String key, Loading<V> mine, Predicate<? super V> usable, RuntimeException failure) {
    long until = time.getAsLong() + PAUSE;
    boolean known = standsIn(mine.previous, usable);
    boolean unchanged =
        swap(key, mine, known ? mine.previous.asExpired(until) : new Failed<>(failure, until));
    if (known && (unchanged || options.whileAway() == WhileAway.KEEP)) {
      mine.result.complete(mine.previous.value());
      gets.stale.increment();
      return mine.previous.value();
    }
    mine.result.completeExceptionally(failure);
    throw failure;
  }

  private boolean standsIn(Known<V> previous, Predicate<? super V> usable) {
    return previous != null
        && options.whileAway() != WhileAway.REFUSE
        && previous.youngerThan(options.longest(), time.getAsLong())
        && usable.test(previous.value());
  }

  /** Puts an outcome in the place of its loading, unless that was invalidated meanwhile. */
  private boolean swap(String key, Loading<V> mine, Slot<V> outcome) {
    boolean[] done = new boolean[1];
    slots
        .asMap()
        .computeIfPresent(
            key,
            (k, current) -> {
              done[0] = current == mine;
              return done[0] ? outcome : current;
            });
    return done[0];
  }

  private V join(String key, Loading<V> other, Predicate<? super V> usable) {
    if (other.thread == Thread.currentThread()) {
      throw new IllegalStateException("the loader of a value asks for that value");
    }
    try {
      if (standsIn(other.previous, usable)) {
        try {
          return other.result.get(PATIENCE_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          if (options.whileAway() == WhileAway.KEEP || slots.getIfPresent(key) == other) {
            gets.stale.increment();
            return other.previous.value();
          }
        }
      }
      return other.result.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("interrupted while a value was loaded", Duration.ZERO);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new CompletionException(e.getCause());
    }
  }

  private void forget(String key) {
    slots.asMap().computeIfPresent(key, (k, current) -> afterChange(current));
  }

  private Slot<V> afterChange(Slot<V> current) {
    if (options.whileAway() != WhileAway.KEEP) {
      return null;
    }
    Known<V> last =
        current instanceof Loading<V> loading
            ? loading.previous
            : current instanceof Known<V> known ? known : null;
    return last == null ? null : last.asExpired(time.getAsLong());
  }
}
