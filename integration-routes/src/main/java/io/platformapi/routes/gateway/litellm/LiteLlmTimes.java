package io.platformapi.routes.gateway.litellm;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/** Times as LiteLLM writes and takes them; all are UTC. */
final class LiteLlmTimes {
  private static final Instant FIRST = Instant.parse("2020-01-01T00:00:00Z");
  private static final Instant END = Instant.parse("2100-01-01T00:00:00Z");
  private static final int MAX_CHARACTERS = 64;
  // The only form that /spend/logs/v2 takes with a time of day; no zone, read as UTC.
  private static final DateTimeFormatter PARAMETER =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

  private LiteLlmTimes() {}

  /** To the second, as a parameter of a query. */
  static String parameter(Instant time) {
    return PARAMETER.format(time);
  }

  /**
   * A time with or without an offset, cut to microseconds, or null when it is none or lies outside
   * of [2020, 2100).
   */
  static Instant read(String text) {
    if (text.length() > MAX_CHARACTERS) {
      return null;
    }
    Instant time;
    try {
      time = OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      time = withoutOffset(text);
    }
    return time == null || time.isBefore(FIRST) || !time.isBefore(END)
        ? null
        : time.truncatedTo(ChronoUnit.MICROS);
  }

  private static Instant withoutOffset(String text) {
    try {
      return LocalDateTime.parse(text.replace(' ', 'T')).toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      return null;
    }
  }
}
