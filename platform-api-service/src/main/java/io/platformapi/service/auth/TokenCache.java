package io.platformapi.service.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.platformapi.service.crypto.Sha256;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

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
  private final Cache<ByteBuffer, Entry> entries =
      Caffeine.newBuilder().maximumSize(MAX_TOKENS).expireAfterWrite(LIFE).build();
  private volatile Map<String, SigningKey> believed = Map.of();

  TokenCache(Clock clock) {
    this.clock = clock;
  }

  /**
   * @param keys the keys that are believed now; after another set nothing is known any more
   */
  Optional<VerifiedToken> find(String token, Map<String, SigningKey> keys) {
    follow(keys);
    Entry entry = entries.getIfPresent(digest(token));
    // The set within the entry is what counts: one of an older set may be put after the emptying.
    if (entry == null || entry.keys() != keys || !clock.instant().isBefore(entry.until())) {
      return Optional.empty();
    }
    return Optional.of(entry.token());
  }

  /**
   * @param keys the set of keys that holds the one which verified the token
   */
  void put(String token, Map<String, SigningKey> keys, VerifiedToken verified) {
    follow(keys);
    Instant now = clock.instant();
    Instant until = now.plus(LIFE);
    if (verified.expiresAt() < until.getEpochSecond()) {
      until = Instant.ofEpochSecond(verified.expiresAt());
    }
    if (now.isBefore(until)) {
      entries.put(digest(token), new Entry(keys, verified, until));
    }
  }

  /** How many tokens are known. */
  long size() {
    entries.cleanUp();
    return entries.estimatedSize();
  }

  private void follow(Map<String, SigningKey> keys) {
    if (keys != believed) {
      believed = keys;
      entries.invalidateAll();
    }
  }

  private static ByteBuffer digest(String token) {
    return ByteBuffer.wrap(Sha256.digest(token));
  }

  private record Entry(Map<String, SigningKey> keys, VerifiedToken token, Instant until) {}
}
