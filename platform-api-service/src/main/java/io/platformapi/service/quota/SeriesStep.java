package io.platformapi.service.quota;

import io.platformapi.service.http.WireNames;
import io.platformapi.service.quota.engine.WindowKind;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** How long the steps of a series of usage are, in UTC. */
enum SeriesStep {
  HOUR,
  DAY,
  MONTH;

  static final WireNames<SeriesStep> NAMES = new WireNames<>(values(), SeriesStep::wire);

  /** Name on the wire and in the database. */
  String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether a window is made of some of them, not too many. */
  boolean fits(WindowKind window) {
    return switch (this) {
      case HOUR -> window != WindowKind.LIFETIME;
      case DAY ->
          window == WindowKind.DAY || window == WindowKind.WEEK || window == WindowKind.MONTH;
      case MONTH -> window == WindowKind.MONTH || window == WindowKind.LIFETIME;
    };
  }

  /** Start of the step that a time is in. */
  Instant start(Instant at) {
    return switch (this) {
      case HOUR -> at.truncatedTo(ChronoUnit.HOURS);
      case DAY -> at.truncatedTo(ChronoUnit.DAYS);
      case MONTH ->
          at.atZone(ZoneOffset.UTC).truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1).toInstant();
    };
  }

  /** Start of the step after the one that begins at a time. */
  Instant next(Instant start) {
    ZonedDateTime time = start.atZone(ZoneOffset.UTC);
    return switch (this) {
      case HOUR -> time.plusHours(1).toInstant();
      case DAY -> time.plusDays(1).toInstant();
      case MONTH -> time.plusMonths(1).toInstant();
    };
  }
}
