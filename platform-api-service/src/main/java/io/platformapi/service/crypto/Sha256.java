package io.platformapi.service.crypto;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of text and bytes. */
public final class Sha256 {
  private Sha256() {}

  /**
   * @param parts digested one after the other, as if they were one
   * @return 32 bytes
   */
  public static byte[] digest(byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        digest.update(part);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /**
   * @param text digested as UTF-8
   * @return 32 bytes
   */
  public static byte[] digest(String text) {
    return digest(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * @param text digested as UTF-8
   * @return 64 lower-case hexadecimal digits
   */
  public static String hex(String text) {
    return HexFormat.of().formatHex(digest(text));
  }
}
