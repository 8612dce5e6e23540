package io.platformapi.routes.ingestion;

import io.platformapi.routes.support.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.UUID;

/**
 * Derives the id of an event from (litellm_call_id, id, status, startTime as written): neither id
 * alone is unique, and a redelivery repeats all four. Not for use by several threads.
 */
final class EventIdentity {
  private static final UsageField[] PARTS = {
    UsageField.CALL_ID, UsageField.ID, UsageField.STATUS, UsageField.START_TIME
  };

  private final MessageDigest digest = Sha256.digest();
  private byte[] buffer = new byte[512];

  /**
   * A UUID of version 8 (RFC 9562): SHA-256 over the four texts, each after its length, by UTF-16
   * code units so that even broken text stays distinct. Null when a part is missing.
   */
  UUID of(UsageFields fields) {
    int length = 0;
    for (UsageField part : PARTS) {
      String text = fields.text(part);
      if (text == null || text.isEmpty()) {
        return null;
      }
      length = append(text, length);
    }
    digest.update(buffer, 0, length);
    ByteBuffer hash = ByteBuffer.wrap(digest.digest());
    long high = hash.getLong() & 0xFFFF_FFFF_FFFF_0FFFL | 0x8000L;
    long low = hash.getLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }

  private int append(String text, int from) {
    int needed = from + Integer.BYTES + 2 * text.length();
    if (needed > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(needed, 2 * buffer.length));
    }
    ByteBuffer.wrap(buffer).putInt(from, text.length());
    int at = from + Integer.BYTES;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      buffer[at++] = (byte) (c >> 8);
      buffer[at++] = (byte) c;
    }
    return at;
  }
}
