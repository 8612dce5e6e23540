package io.platformapi.routes.ingestion;

import io.platformapi.routes.ingestion.UsageFields.Kind;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;

/** Reads times: epoch seconds as LiteLLM writes them, or RFC 3339. */
final class Times {
  private static final Instant FIRST = Instant.parse("2020-01-01T00:00:00Z");
  private static final Instant END = Instant.parse("2100-01-01T00:00:00Z");
  private static final int MAX_CHARACTERS = 64;
  private static final int MICRO_DIGITS = 6;
  private static final long MICROS_PER_SECOND = 1_000_000L;
  private static final long NANOS_PER_MICRO = 1_000L;
  // 2100 has ten digits of seconds.
  private static final int SECOND_DIGITS = 10;

  private Times() {}

  /** A time that must be there, cut to microseconds. */
  static Instant read(UsageFields fields, UsageField field) throws RejectedException {
    Kind kind = fields.kind(field);
    Instant time =
        switch (kind) {
          case INTEGER, DECIMAL -> ofEpochSeconds(fields.text(field));
          case STRING -> ofText(fields.text(field));
          default -> throw UsageValidator.rejected(RejectReason.WRONG_TYPE, field);
        };
    Instant plausible = within(time);
    if (plausible == null) {
      throw UsageValidator.rejected(RejectReason.INVALID_TIME, field);
    }
    return plausible;
  }

  /** The time cut to microseconds if it lies within [2020, 2100), else null. */
  static Instant within(Instant time) {
    return time == null || time.isBefore(FIRST) || !time.isBefore(END)
        ? null
        : time.truncatedTo(ChronoUnit.MICROS);
  }

  /** An RFC 3339 time, or null. */
  static Instant ofText(String text) {
    if (text.length() > MAX_CHARACTERS) {
      return null;
    }
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** Epoch seconds with a fraction, cut to microseconds, or null. */
  static Instant ofEpochSeconds(String text) {
    if (text.length() > MAX_CHARACTERS) {
      return null;
    }
    long micros = plainMicros(text);
    if (micros < 0) {
      micros = exactMicros(text);
    }
    return micros < 0
        ? null
        : Instant.ofEpochSecond(
            micros / MICROS_PER_SECOND, micros % MICROS_PER_SECOND * NANOS_PER_MICRO);
  }

  /** Reads {@code 1795426212.35838}, which is what nearly all times look like; else -1. */
  private static long plainMicros(String text) {
    long micros = 0;
    int fraction = -1;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '.' && fraction < 0 && i > 0 && i <= SECOND_DIGITS) {
        fraction = 0;
      } else if (c < '0' || c > '9' || fraction < 0 && i >= SECOND_DIGITS) {
        return -1;
      } else if (fraction < MICRO_DIGITS) {
        micros = micros * 10 + c - '0';
        fraction += fraction < 0 ? 0 : 1;
      }
    }
    for (int i = Math.max(fraction, 0); i < MICRO_DIGITS; i++) {
      micros *= 10;
    }
    return micros;
  }

  private static long exactMicros(String text) {
    BigDecimal seconds;
    try {
      seconds = new BigDecimal(text);
    } catch (NumberFormatException e) {
      return -1;
    }
    if (seconds.signum() <= 0
        || (long) seconds.precision() - seconds.scale() > SECOND_DIGITS
        || seconds.scale() > MAX_CHARACTERS) {
      return -1;
    }
    return seconds
        .setScale(MICRO_DIGITS, RoundingMode.DOWN)
        .movePointRight(MICRO_DIGITS)
        .longValue();
  }
}
