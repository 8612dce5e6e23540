package io.platformapi.service.cache;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** What a {@link Cache} has under a key. */
sealed interface Slot<V> {

  /** How long it may stay in memory, from now. */
  Duration kept(long now, Duration longest);

  /**
   * A value.
   *
   * @param loadedAt when its loading began
   * @param freshUntil when it is asked anew
   * @param expired whether it only stands in while the truth is away
   */
  record Known<V>(V value, long loadedAt, long freshUntil, boolean expired) implements Slot<V> {
    boolean fresh(long now) {
      return freshUntil - now > 0;
    }

    boolean youngerThan(Duration longest, long now) {
      return now - loadedAt < longest.toNanos();
    }

    Known<V> asExpired(long until) {
      return new Known<>(value, loadedAt, until, true);
    }

    @Override
    public Duration kept(long now, Duration longest) {
      return Duration.ofNanos(Math.max(freshUntil - now, longest.toNanos() - (now - loadedAt)));
    }
  }

  /** The truth was away; it is not asked again for a moment. */
  record Failed<V>(RuntimeException failure, long until) implements Slot<V> {
    boolean recent(long now) {
      return until - now > 0;
    }

    @Override
    public Duration kept(long now, Duration longest) {
      return Duration.ofNanos(until - now);
    }
  }

  /** Somebody is loading. */
  final class Loading<V> implements Slot<V> {
    private static final Duration LONG = Duration.ofHours(1);

    final CompletableFuture<V> result = new CompletableFuture<>();
    final Thread thread = Thread.currentThread();
    Known<V> previous;

    @Override
    public Duration kept(long now, Duration longest) {
      return LONG;
    }
  }
}
