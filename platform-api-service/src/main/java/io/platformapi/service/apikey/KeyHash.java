package io.platformapi.service.apikey;

import java.util.Arrays;

/**
 * The keyed hash of a key.
 *
 * @param pepperId id of the secret it was made with
 * @param bytes HMAC-SHA-256, 32 bytes
 */
record KeyHash(String pepperId, byte[] bytes) {

  KeyHash {
    bytes = bytes.clone();
  }

  @Override
  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyHash that
        && pepperId.equals(that.pepperId)
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "KeyHash[pepperId=" + pepperId + "]";
  }
}
