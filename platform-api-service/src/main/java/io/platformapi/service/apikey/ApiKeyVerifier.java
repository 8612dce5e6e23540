package io.platformapi.service.apikey;

import io.platformapi.service.auth.ApiKeys;
import io.platformapi.service.problem.UnauthenticatedException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** Tells whether a key that somebody shows is valid now. */
final class ApiKeyVerifier implements ApiKeys {
  private final KeyCache keys;
  private final KeyHashes hashes;
  private final KeyUse use;
  private final Clock clock;
  private final KeyHash nobody;

  ApiKeyVerifier(KeyCache keys, KeyHashes hashes, KeyUse use, Clock clock) {
    this.keys = keys;
    this.hashes = hashes;
    this.use = use;
    this.clock = clock;
    this.nobody = hashes.ofNobody();
  }

  @Override
  public boolean recognises(String credential) {
    return credential.startsWith(KeyText.START);
  }

  @Override
  public Holder verify(String credential) {
    KeyText shown =
        KeyText.parse(credential).orElseThrow(() -> refuse("not a well-formed API key"));
    Optional<StoredKey> found = keys.find(shown.prefix());
    // Compared in every case, so that the time does not tell which keys there are.
    boolean right = hashes.matches(shown, found.map(StoredKey::hash).orElse(nobody));
    StoredKey key = found.orElseThrow(() -> refuse("unknown API key"));
    Instant now = clock.instant();
    if (!right) {
      throw refuse("wrong secret of API key " + key.id());
    }
    if (key.revoked()) {
      throw refuse("API key " + key.id() + " is revoked");
    }
    if (key.expired(now)) {
      throw refuse("API key " + key.id() + " has expired");
    }
    use.used(key.id(), now);
    if (hashes.isOld(key.hash())) {
      use.rehashed(new ApiKeySql.Rehash(key.id(), key.hash().pepperId(), hashes.of(shown)));
    }
    return key.holder();
  }

  private static UnauthenticatedException refuse(String reason) {
    return new UnauthenticatedException(true, reason);
  }
}
