package io.platformapi.service.quota;

import io.platformapi.service.http.WireNames;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Every length of time that usage is counted over: calendar units of UTC, and all time. */
public enum QuotaWindow {
  HOUR("hour"),
  DAY("hour"),
  MONTH("month"),
  LIFETIME("month");

  static final WireNames<QuotaWindow> NAMES = new WireNames<>(values(), QuotaWindow::wire);

  private static final Instant BEGINNING = Instant.EPOCH;
  private static final Instant END = Instant.parse("9999-12-31T00:00:00Z");

  private final String counters;

  QuotaWindow(String counters) {
    this.counters = counters;
  }

  /** Kind of the counters whose sum it is. */
  String counters() {
    return counters;
  }

  /** Start of the window that a time is in. */
  Instant start(Instant at) {
    return switch (this) {
      case HOUR -> at.truncatedTo(ChronoUnit.HOURS);
      case DAY -> at.truncatedTo(ChronoUnit.DAYS);
      case MONTH -> month(at).toInstant();
      case LIFETIME -> BEGINNING;
    };
  }

  /** Start of the next window. */
  Instant end(Instant at) {
    return switch (this) {
      case HOUR -> start(at).plus(1, ChronoUnit.HOURS);
      case DAY -> start(at).plus(1, ChronoUnit.DAYS);
      case MONTH -> month(at).plusMonths(1).toInstant();
      case LIFETIME -> END;
    };
  }

  boolean bounded() {
    return this != LIFETIME;
  }

  /** Name on the wire and in the database. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static OffsetDateTime month(Instant at) {
    return at.atOffset(ZoneOffset.UTC).truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1);
  }
}
