package io.platformapi.service.signin;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secrets of a sign-in: state, PKCE verifier (RFC 7636) and nonce. The database knows the state
 * by its hash, and the others encrypted under a key that only the state gives: whoever reads the
 * table can complete nothing.
 *
 * @param state goes to the user's browser
 * @param verifier goes to the issuer with the code, and nowhere else
 * @param nonce comes back in the ID token
 */
record SealedSignIn(String state, String verifier, String nonce) {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SECRET_BYTES = 32;
  private static final int IV_BYTES = 12;
  private static final int TAG_BITS = 128;

  static SealedSignIn fresh() {
    return new SealedSignIn(secret(), secret(), secret());
  }

  /** What the database knows the state by. */
  static byte[] hash(String state) {
    return sha256("sign-in state:" + state);
  }

  /** S256 of the verifier. */
  String challenge() {
    return base64(sha256(verifier));
  }

  byte[] seal() {
    byte[] iv = new byte[IV_BYTES];
    RANDOM.nextBytes(iv);
    byte[] sealed =
        cipher(Cipher.ENCRYPT_MODE, iv, (verifier + " " + nonce).getBytes(StandardCharsets.UTF_8));
    byte[] whole = Arrays.copyOf(iv, IV_BYTES + sealed.length);
    System.arraycopy(sealed, 0, whole, IV_BYTES, sealed.length);
    return whole;
  }

  static SealedSignIn open(String state, byte[] whole) {
    byte[] iv = Arrays.copyOf(whole, IV_BYTES);
    byte[] text =
        new SealedSignIn(state, null, null)
            .cipher(Cipher.DECRYPT_MODE, iv, Arrays.copyOfRange(whole, IV_BYTES, whole.length));
    String[] parts = new String(text, StandardCharsets.UTF_8).split(" ");
    return new SealedSignIn(state, parts[0], parts[1]);
  }

  private byte[] cipher(int mode, byte[] iv, byte[] input) {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      SecretKeySpec key = new SecretKeySpec(sha256("sign-in key:" + state), "AES");
      cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, iv));
      return cipher.doFinal(input);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a sign-in cannot be sealed or opened", e);
    }
  }

  private static String secret() {
    byte[] bytes = new byte[SECRET_BYTES];
    RANDOM.nextBytes(bytes);
    return base64(bytes);
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Nothing: each part is a secret. */
  @Override
  public String toString() {
    return "SealedSignIn[]";
  }
}
