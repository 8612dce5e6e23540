package io.platformapi.service.auth;

import io.platformapi.service.cache.Cache;
import io.platformapi.service.cache.CacheKind;
import io.platformapi.service.cache.CacheOptions;
import io.platformapi.service.cache.Caches;
import io.platformapi.service.crypto.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Remembers the tokens whose signature was found right (verifying one takes milliseconds), until
 * the issuer's keys change, and for minutes at most.
 *
 * <p>A token is known by the SHA-256 of all its characters, signature included, so another token
 * never finds its entry and no token is kept.
 */
final class TokenCache {
  static final int MAX_TOKENS = 10_000;
  static final Duration LIFE = Duration.ofMinutes(5);

  private final Clock clock;
  private final Cache<Entry> entries;

  TokenCache(Caches caches, Clock clock) {
    this.clock = clock;
    this.entries =
        caches.keyed(CacheKind.TOKEN, "tokens", CacheOptions.of(MAX_TOKENS, this::timeToLive));
  }

  /**
   * The token as it was verified with these keys, now or before.
   *
   * @param keys the keys that are believed now; a token of another set is not known
   * @param verify asked when the token is not known; what it throws is not remembered
   */
  VerifiedToken get(String token, Map<String, SigningKey> keys, Supplier<Entry> verify) {
    return entries.get(digest(token), entry -> isOf(entry, keys), verify).token();
  }

  /** How many tokens are known. */
  long size() {
    return entries.size();
  }

  private boolean isOf(Entry entry, Map<String, SigningKey> keys) {
    return entry.keys() == keys && entry.token().expiresAt() > clock.instant().getEpochSecond();
  }

  private Duration timeToLive(Entry entry) {
    if (entry.keys() == null) {
      return Duration.ZERO;
    }
    Duration rest =
        Duration.between(clock.instant(), Instant.ofEpochSecond(entry.token().expiresAt()));
    return rest.compareTo(LIFE) < 0 ? rest : LIFE;
  }

  /** One character for each byte. */
  private static String digest(String token) {
    return new String(Sha256.digest(token), StandardCharsets.ISO_8859_1);
  }

  /**
   * A token that was found right.
   *
   * @param keys the set of keys that holds the one which verified it, or null when that is not
   *     certain: then it is not remembered
   */
  record Entry(Map<String, SigningKey> keys, VerifiedToken token) {}
}
