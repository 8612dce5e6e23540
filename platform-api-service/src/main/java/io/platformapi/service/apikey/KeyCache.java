package io.platformapi.service.apikey;

import io.platformapi.service.cache.CacheKind;
import io.platformapi.service.cache.CacheOptions;
import io.platformapi.service.cache.Caches;
import io.platformapi.service.cache.SparseCache;
import io.platformapi.service.cache.WhileAway;
import io.platformapi.service.problem.UnavailableException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Keys by prefix, from memory. Prefixes that nobody has are remembered apart, so that somebody who
 * makes them up drives no real key out, and asks the database a few at a time only.
 */
final class KeyCache {
  private static final int MAX_KEYS = 50_000;
  // Changes are announced and the end of a key is checked on each request, so this only bounds what
  // somebody changes in the database by hand.
  private static final Duration LIFE = Duration.ofSeconds(30);
  private static final int LOOKUPS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Semaphore lookups = new Semaphore(LOOKUPS);
  private final SparseCache<StoredKey> keys;

  /**
   * @param source asks the admin database
   * @param staleAtMost how old a key may get that cannot be compared with it
   */
  KeyCache(Function<String, Optional<StoredKey>> source, Caches caches, Duration staleAtMost) {
    // While the database is away nobody can revoke a key; one that is known to have changed is out.
    CacheOptions<Optional<StoredKey>> options =
        CacheOptions.<Optional<StoredKey>>of(
                MAX_KEYS, LIFE.compareTo(staleAtMost) < 0 ? LIFE : staleAtMost)
            .whileAway(WhileAway.KEEP_UNCHANGED, staleAtMost);
    this.keys = caches.sparse(CacheKind.API_KEY, "api-keys", source, this::aFewAtATime, options);
  }

  /**
   * @throws UnavailableException when that cannot be told now
   */
  Optional<StoredKey> find(String prefix) {
    return keys.get(prefix);
  }

  private Optional<StoredKey> aFewAtATime(Supplier<Optional<StoredKey>> question) {
    try {
      if (!lookups.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new UnavailableException("too many unknown API keys are asked for", PATIENCE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("the service stops", PATIENCE);
    }
    try {
      return question.get();
    } finally {
      lookups.release();
    }
  }
}
