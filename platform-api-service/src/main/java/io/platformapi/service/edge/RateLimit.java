package io.platformapi.service.edge;

import io.platformapi.routes.gateway.kong.RateLimits;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Requests in each unit of time that Kong lets through.
 *
 * @param counted whether Kong's nodes count them together; a limit that each counts for itself is
 *     not the limit that it says
 */
record RateLimit(RateLimits rates, boolean counted) implements EdgeLimit {
  static final RateLimit NONE = new RateLimit(RateLimits.NONE);

  RateLimit(RateLimits rates) {
    this(rates, true);
  }

  /** What {@link #shown} showed. */
  static RateLimit parse(Map<String, String> shown) {
    return new RateLimit(
        new RateLimits(
            number(shown, "second"),
            number(shown, "minute"),
            number(shown, "hour"),
            number(shown, "day"),
            number(shown, "month"),
            number(shown, "year")));
  }

  @Override
  public boolean isNone() {
    return rates.isNone();
  }

  @Override
  public boolean same(EdgeLimit other) {
    return equals(other);
  }

  @Override
  public Map<String, String> shown() {
    Map<String, String> shown = new LinkedHashMap<>();
    put(shown, "second", rates.second());
    put(shown, "minute", rates.minute());
    put(shown, "hour", rates.hour());
    put(shown, "day", rates.day());
    put(shown, "month", rates.month());
    put(shown, "year", rates.year());
    if (!counted) {
      shown.put("counted", "by each node");
    }
    return shown;
  }

  /** The lower one of both in each unit. */
  RateLimit and(RateLimit other) {
    return new RateLimit(
        new RateLimits(
            lower(rates.second(), other.rates.second()),
            lower(rates.minute(), other.rates.minute()),
            lower(rates.hour(), other.rates.hour()),
            lower(rates.day(), other.rates.day()),
            lower(rates.month(), other.rates.month()),
            lower(rates.year(), other.rates.year())));
  }

  private static Long number(Map<String, String> shown, String unit) {
    String text = shown.get(unit);
    return text == null ? null : Long.valueOf(text);
  }

  private static Long lower(Long one, Long other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return Math.min(one, other);
  }

  private static void put(Map<String, String> shown, String unit, Long limit) {
    if (limit != null) {
      shown.put(unit, limit.toString());
    }
  }
}
