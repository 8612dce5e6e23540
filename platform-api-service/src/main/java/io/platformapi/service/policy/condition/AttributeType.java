package io.platformapi.service.policy.condition;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** Types that an attribute can be declared with; all on one screen. */
public enum AttributeType {
  STRING("string"),
  INTEGER("integer"),
  DECIMAL("decimal"),
  BOOLEAN("boolean"),
  TIME("time"),
  STRING_LIST("string_list");

  /** Stands for a value that no type has, also after it was recorded as JSON. */
  private static final Object UNUSABLE = Map.of();

  // One test of one value has to stay cheap, whatever a caller sends.
  static final int MAX_TEXT = 4_096;
  static final int MAX_LIST = 10_000;

  /** Shorter lists are searched faster than hashed. */
  private static final int WORTH_HASHING = 16;

  // Beyond these PostgreSQL and Java would not compare alike, or a comparison would be expensive.
  private static final int DECIMAL_DIGITS = 34;
  private static final Instant FIRST_TIME = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LAST_TIME = Instant.parse("9999-12-31T23:59:59.999999Z");

  private final String text;

  AttributeType(String text) {
    this.text = text;
  }

  /** Name on the wire and in the database. */
  public String text() {
    return text;
  }

  boolean numeric() {
    return this == INTEGER || this == DECIMAL;
  }

  /**
   * A value in the one form its kind has here; done once for each request, so that reading is
   * cheap. Text that PostgreSQL cannot store, text of more than {@value #MAX_TEXT} characters,
   * lists of more than {@value #MAX_LIST} elements and other classes become a value that is of no
   * type.
   */
  public static Object normalised(Object value) {
    if (value instanceof String text) {
      return usable(text) ? text : UNUSABLE;
    }
    if (value instanceof Boolean || value instanceof Long) {
      return value;
    }
    if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
      return ((Number) value).longValue();
    }
    if (value instanceof BigInteger big) {
      return big.bitLength() < Long.SIZE ? (Object) big.longValue() : bounded(new BigDecimal(big));
    }
    if (value instanceof BigDecimal decimal) {
      return bounded(decimal);
    }
    if (value instanceof Double || value instanceof Float) {
      double number = ((Number) value).doubleValue();
      return Double.isFinite(number) ? bounded(new BigDecimal(value.toString())) : UNUSABLE;
    }
    if (value instanceof Collection<?> collection) {
      return strings(collection);
    }
    Instant time = instant(value);
    return time == null ? UNUSABLE : time;
  }

  private static boolean usable(String text) {
    return text.length() <= MAX_TEXT && storable(text);
  }

  /** Whether PostgreSQL can store the text: no NUL, no half of a surrogate pair. */
  public static boolean storable(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0) {
        return false;
      }
      if (Character.isSurrogate(c)) {
        if (!Character.isHighSurrogate(c)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          return false;
        }
        i++;
      }
    }
    return true;
  }

  /** The value when it is of this type, else null. */
  Object read(Object normalised) {
    return switch (this) {
      case STRING -> normalised instanceof String ? normalised : null;
      case INTEGER -> normalised instanceof Long ? normalised : null;
      case BOOLEAN -> normalised instanceof Boolean ? normalised : null;
      case STRING_LIST -> normalised instanceof Collection ? normalised : null;
      case DECIMAL ->
          normalised instanceof Long number
              ? BigDecimal.valueOf(number)
              : normalised instanceof BigDecimal ? normalised : null;
      case TIME ->
          normalised instanceof Instant
              ? normalised
              : normalised instanceof String text ? time(text) : null;
    };
  }

  /** The time written as ISO 8601 with an offset, to the microsecond; null when it is not one. */
  static Instant time(String text) {
    try {
      return bounded(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static Instant instant(Object value) {
    if (value instanceof Instant time) {
      return bounded(time);
    }
    if (value instanceof OffsetDateTime time) {
      return bounded(time.toInstant());
    }
    return value instanceof ZonedDateTime time ? bounded(time.toInstant()) : null;
  }

  private static Instant bounded(Instant time) {
    return time.isBefore(FIRST_TIME) || time.isAfter(LAST_TIME)
        ? null
        : time.truncatedTo(ChronoUnit.MICROS);
  }

  private static Object bounded(BigDecimal decimal) {
    return fits(decimal) ? decimal : UNUSABLE;
  }

  /** Whether a decimal has so few digits that all parts compare it exactly. */
  static boolean fits(BigDecimal decimal) {
    return decimal.precision() <= DECIMAL_DIGITS && Math.abs(decimal.scale()) <= DECIMAL_DIGITS;
  }

  private static Object strings(Collection<?> collection) {
    if (collection.size() > MAX_LIST) {
      return UNUSABLE;
    }
    List<String> strings = new ArrayList<>(collection.size());
    for (Object element : collection) {
      if (!(element instanceof String text) || !usable(text)) {
        return UNUSABLE;
      }
      strings.add(text);
    }
    // Unlike Set.copyOf, a LinkedHashSet stays fast when a caller chose elements of one hash.
    return strings.size() < WORTH_HASHING
        ? List.copyOf(strings)
        : Collections.unmodifiableSet(new LinkedHashSet<>(strings));
  }
}
