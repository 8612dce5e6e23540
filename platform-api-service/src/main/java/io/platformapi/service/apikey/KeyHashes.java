package io.platformapi.service.apikey;

import io.platformapi.service.crypto.KeyRing;
import java.security.MessageDigest;

/** Makes and compares the keyed hashes that keys are kept by. */
final class KeyHashes {
  private static final String PURPOSE = "hash of an API key";
  private static final int BYTES = 32;

  private final KeyRing peppers;

  /**
   * @param secrets of the service, not of this purpose alone
   */
  KeyHashes(KeyRing secrets) {
    this.peppers = secrets.derive(PURPOSE);
  }

  /** The hash by the pepper for what is new. */
  KeyHash of(KeyText key) {
    String id = peppers.current();
    return new KeyHash(id, peppers.hmac(id, key.hashed()).orElseThrow());
  }

  /** A hash that no key has; comparing with it takes as long as with a real one. */
  KeyHash ofNobody() {
    return new KeyHash(peppers.current(), new byte[BYTES]);
  }

  /** Compares in constant time; false when the pepper of the hash is gone. */
  boolean matches(KeyText key, KeyHash hash) {
    byte[] made =
        peppers
            .hmac(hash.pepperId(), key.hashed())
            .or(() -> peppers.hmac(peppers.current(), key.hashed()))
            .orElseThrow();
    return MessageDigest.isEqual(made, hash.bytes());
  }

  boolean isOld(KeyHash hash) {
    return !hash.pepperId().equals(peppers.current());
  }
}
