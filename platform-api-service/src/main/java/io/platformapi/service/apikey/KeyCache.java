package io.platformapi.service.apikey;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.platformapi.service.problem.UnavailableException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Keys by prefix, from memory. Prefixes that nobody has are remembered apart, so that somebody who
 * makes them up drives no real key out, and asks the database a few at a time only.
 */
final class KeyCache {
  private static final int MAX_KEYS = 10_000;
  private static final Duration LIFE = Duration.ofSeconds(1);
  private static final int LOOKUPS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Function<String, Optional<StoredKey>> source;
  private final Semaphore lookups = new Semaphore(LOOKUPS);
  private final Cache<String, StoredKey> known =
      Caffeine.newBuilder().maximumSize(MAX_KEYS).expireAfterWrite(LIFE).build();
  private final Cache<String, Boolean> unknown =
      Caffeine.newBuilder().maximumSize(MAX_KEYS).expireAfterWrite(LIFE).build();

  KeyCache(Function<String, Optional<StoredKey>> source) {
    this.source = source;
  }

  Optional<StoredKey> find(String prefix) {
    StoredKey key = known.getIfPresent(prefix);
    if (key != null || unknown.getIfPresent(prefix) != null) {
      return Optional.ofNullable(key);
    }
    StoredKey found = known.get(prefix, this::lookUp);
    if (found == null) {
      unknown.put(prefix, true);
    }
    return Optional.ofNullable(found);
  }

  /** A key has changed, on this or another node. */
  void changed(String prefix) {
    known.invalidate(prefix);
  }

  private StoredKey lookUp(String prefix) {
    try {
      if (!lookups.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new UnavailableException("too many unknown API keys are asked for", PATIENCE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("the service stops", PATIENCE);
    }
    try {
      return source.apply(prefix).orElse(null);
    } finally {
      lookups.release();
    }
  }
}
