package io.platformapi.service.crypto;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Secrets of the service by id: the first one is used for what is new, the others for what was made
 * with them, so that a secret can be exchanged while everything goes on.
 */
public final class KeyRing {
  private static final int MIN_BYTES = 32;
  private static final String HMAC = "HmacSHA256";

  private final Map<String, byte[]> secrets;
  private final String current;

  private KeyRing(Map<String, byte[]> secrets) {
    this.secrets = secrets;
    this.current = secrets.keySet().iterator().next();
  }

  /**
   * @param text {@code id:secret,id:secret,...}, each secret base64 of at least 32 bytes
   * @throws IllegalArgumentException that tells no part of a secret
   */
  public static KeyRing parse(String text) {
    Map<String, byte[]> secrets = new LinkedHashMap<>();
    for (String item : text.split(",")) {
      String[] halves = item.strip().split(":", 2);
      if (halves.length != 2 || halves[0].isEmpty()) {
        throw new IllegalArgumentException("secrets must be given as id:base64,id:base64,...");
      }
      if (secrets.put(halves[0], decode(halves[0], halves[1])) != null) {
        throw new IllegalArgumentException("two secrets have the id " + halves[0]);
      }
    }
    return new KeyRing(secrets);
  }

  /**
   * Other secrets under the same ids: what is known of one purpose's tells nothing of another's.
   */
  public KeyRing derive(String purpose) {
    Map<String, byte[]> derived = new LinkedHashMap<>();
    secrets.forEach((id, secret) -> derived.put(id, hmac(secret, purpose)));
    return new KeyRing(derived);
  }

  /** Id of the secret for what is new. */
  public String current() {
    return current;
  }

  /** HMAC-SHA-256 of a text, 32 bytes, or empty when there is no secret of this id. */
  public Optional<byte[]> hmac(String id, String text) {
    return Optional.ofNullable(secrets.get(id)).map(secret -> hmac(secret, text));
  }

  /** The secret as a key of AES-256; only for a ring that was derived. */
  Optional<SecretKeySpec> aes(String id) {
    return Optional.ofNullable(secrets.get(id))
        .map(secret -> new SecretKeySpec(Arrays.copyOf(secret, MIN_BYTES), "AES"));
  }

  /** The ids alone. */
  @Override
  public String toString() {
    return "KeyRing" + secrets.keySet();
  }

  private static byte[] decode(String id, String text) {
    byte[] secret;
    try {
      secret = Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("the secret " + id + " is not base64");
    }
    if (secret.length < MIN_BYTES) {
      throw new IllegalArgumentException(
          "the secret " + id + " must have at least " + MIN_BYTES + " bytes");
    }
    return secret;
  }

  private static byte[] hmac(byte[] secret, String text) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(secret, HMAC));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + HMAC, e);
    }
  }
}
