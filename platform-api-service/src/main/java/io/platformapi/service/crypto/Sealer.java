package io.platformapi.service.crypto;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts texts that must be stored and read again, by AES-256-GCM: {@code id.nonce-and-text}, the
 * latter base64url. A text is bound to its place, so one that was moved elsewhere does not open.
 */
public final class Sealer {
  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final KeyRing keys;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param keys derived for this purpose alone
   */
  public Sealer(KeyRing keys) {
    this.keys = keys;
  }

  /**
   * @param place where the text is kept, needed again to open it
   */
  public String seal(String text, String place) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    SecretKeySpec key = keys.aes(keys.current()).orElseThrow();
    try {
      byte[] hidden =
          cipher(Cipher.ENCRYPT_MODE, key, nonce, place)
              .doFinal(text.getBytes(StandardCharsets.UTF_8));
      byte[] all = Arrays.copyOf(nonce, nonce.length + hidden.length);
      System.arraycopy(hidden, 0, all, nonce.length, hidden.length);
      return keys.current() + '.' + Base64.getUrlEncoder().withoutPadding().encodeToString(all);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + CIPHER, e);
    }
  }

  /** The text, or empty when its secret is gone or it was not sealed for this place. */
  public Optional<String> open(String sealed, String place) {
    int dot = sealed.indexOf('.');
    if (dot < 0) {
      return Optional.empty();
    }
    return keys.aes(sealed.substring(0, dot))
        .flatMap(key -> open(key, sealed.substring(dot + 1), place));
  }

  private static Optional<String> open(SecretKeySpec key, String encoded, String place) {
    try {
      byte[] all = Base64.getUrlDecoder().decode(encoded);
      if (all.length < NONCE_BYTES) {
        return Optional.empty();
      }
      byte[] nonce = Arrays.copyOf(all, NONCE_BYTES);
      byte[] text =
          cipher(Cipher.DECRYPT_MODE, key, nonce, place)
              .doFinal(all, NONCE_BYTES, all.length - NONCE_BYTES);
      return Optional.of(new String(text, StandardCharsets.UTF_8));
    } catch (AEADBadTagException | IllegalArgumentException e) {
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + CIPHER, e);
    }
  }

  private static Cipher cipher(int mode, SecretKeySpec key, byte[] nonce, String place)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(CIPHER);
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(place.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
