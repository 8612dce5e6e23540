package io.platformapi.routes.gateway.litellm;

import java.time.Duration;
import java.time.Instant;

/** A stretch of start times that is read as a whole; both ends, to the second, belong to it. */
record SpendWindow(Instant from, Instant to) {
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  /**
   * The window that follows a watermark.
   *
   * @param overlap how far it reaches back before the watermark; one of a second does not
   */
  static SpendWindow after(Instant watermark, Duration length, Duration overlap, Instant end) {
    Instant to = watermark.plus(length);
    Duration back =
        length.compareTo(SHORTEST) <= 0
            ? Duration.ZERO
            : overlap.compareTo(length) > 0 ? length : overlap;
    return new SpendWindow(watermark.minus(back), to.isAfter(end) ? end : to);
  }

  /** Half of a length, to the second and at least one. */
  static Duration half(Duration length) {
    return Duration.ofSeconds(Math.max(length.toSeconds() / 2, 1));
  }

  static boolean isShortest(Duration length) {
    return length.compareTo(SHORTEST) <= 0;
  }
}
