package io.platformapi.routes.support;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Makes text that a caller may have chosen fit for a database column; such text is never a reason
 * to refuse an event.
 */
public final class DisplayText {
  private static final int MAX_LENGTH = 256;
  private static final int HASH_BYTES = 8;

  private DisplayText() {}

  /** True when {@link #clean} would change nothing. */
  public static boolean isClean(String text) {
    int length = text.length();
    if (length > MAX_LENGTH) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c == 0) {
        return false;
      }
      if (Character.isSurrogate(c)) {
        if (!Character.isHighSurrogate(c)
            || i + 1 == length
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          return false;
        }
        i++;
      }
    }
    return true;
  }

  /**
   * Replaces NUL (PostgreSQL has none) and lone surrogates (UTF-8 has none) by U+FFFD. Of a text
   * above 256 characters it keeps the beginning and a hash of the whole, so that distinct texts
   * stay distinct. The empty text becomes null.
   */
  public static String clean(String text) {
    if (text == null || text.isEmpty()) {
      return null;
    }
    if (isClean(text)) {
      return text;
    }
    String suffix = text.length() > MAX_LENGTH ? "~" + hash(text) : "";
    int keep = text.length() > MAX_LENGTH ? MAX_LENGTH - suffix.length() : text.length();
    StringBuilder result = new StringBuilder(keep + suffix.length());
    for (int i = 0; i < keep; i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < keep
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        result.append(c).append(text.charAt(++i));
      } else {
        result.append(c == 0 || Character.isSurrogate(c) ? '\uFFFD' : c);
      }
    }
    return result.append(suffix).toString();
  }

  private static String hash(String text) {
    byte[] bytes = Sha256.digest().digest(text.getBytes(StandardCharsets.UTF_16BE));
    return HexFormat.of().formatHex(bytes, 0, HASH_BYTES);
  }
}
