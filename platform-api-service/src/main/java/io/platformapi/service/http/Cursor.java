package io.platformapi.service.http;

import io.platformapi.service.problem.ValidationException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32;

/**
 * The key of the last item of a page, made opaque: base64url of a version, a checksum, the name of
 * the list and the key's values.
 *
 * <p>It is no secret and grants nothing (the query adds the tenant by itself); the checksum only
 * tells garbage apart.
 */
public final class Cursor {
  private static final byte VERSION = 1;
  private static final int HEAD = 1 + Integer.BYTES;
  private static final int MAX_LENGTH = 2048;
  private static final char SEPARATOR = '\u001f';
  private static final Instant MIN_INSTANT = Instant.parse("1970-01-01T00:00:00Z");
  private static final Instant MAX_INSTANT = Instant.parse("9999-12-31T23:59:59Z");

  private final String list;
  private final List<String> values;

  private Cursor(String list, List<String> values) {
    this.list = list;
    this.values = values;
  }

  /**
   * @param list name of the list
   * @param values the key; each value's text must not hold control characters
   */
  public static Cursor of(String list, Object... values) {
    List<String> texts = new ArrayList<>(values.length);
    for (Object value : values) {
      texts.add(value.toString());
    }
    return new Cursor(list, List.copyOf(texts));
  }

  static Cursor decode(String text, String list, int parts) {
    List<String> all = split(unseal(text));
    if (all.size() != parts + 1 || !all.get(0).equals(list)) {
      throw invalid();
    }
    return new Cursor(list, List.copyOf(all.subList(1, all.size())));
  }

  public String encode() {
    StringBuilder content = new StringBuilder(list);
    for (String value : values) {
      content.append(SEPARATOR).append(value);
    }
    byte[] bytes = content.toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer sealed = ByteBuffer.allocate(HEAD + bytes.length);
    sealed.put(VERSION).putInt(checksum(bytes, 0)).put(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(sealed.array());
  }

  public String text(int index) {
    return values.get(index);
  }

  public long number(int index) {
    try {
      return Long.parseLong(values.get(index));
    } catch (NumberFormatException e) {
      throw invalid();
    }
  }

  public UUID uuid(int index) {
    try {
      return UUID.fromString(values.get(index));
    } catch (IllegalArgumentException e) {
      throw invalid();
    }
  }

  /** A time that every PostgreSQL timestamp can hold. */
  public Instant instant(int index) {
    try {
      Instant value = Instant.parse(values.get(index));
      if (value.isBefore(MIN_INSTANT) || value.isAfter(MAX_INSTANT)) {
        throw invalid();
      }
      return value;
    } catch (DateTimeException e) {
      throw invalid();
    }
  }

  private static String unseal(String text) {
    if (text.isEmpty() || text.length() > MAX_LENGTH) {
      throw invalid();
    }
    try {
      ByteBuffer sealed = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
      if (sealed.remaining() <= HEAD
          || sealed.get() != VERSION
          || sealed.getInt() != checksum(sealed.array(), HEAD)) {
        throw invalid();
      }
      return StandardCharsets.UTF_8.newDecoder().decode(sealed).toString();
    } catch (IllegalArgumentException | CharacterCodingException e) {
      throw invalid();
    }
  }

  private static List<String> split(String content) {
    List<String> parts = List.of(content.split(String.valueOf(SEPARATOR), -1));
    for (String part : parts) {
      // PostgreSQL refuses NUL in text: that would be an error of the server, not of the caller.
      if (part.chars().anyMatch(Character::isISOControl)) {
        throw invalid();
      }
    }
    return parts;
  }

  private static int checksum(byte[] bytes, int offset) {
    CRC32 crc = new CRC32();
    crc.update(bytes, offset, bytes.length - offset);
    return (int) crc.getValue();
  }

  private static ValidationException invalid() {
    return new ValidationException("cursor", "is not a cursor of this list");
  }
}
