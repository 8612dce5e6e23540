package io.platformapi.service.quota.engine;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.time.zone.ZoneOffsetTransition;

/**
 * The time that a quota's usage is counted over. Windows of one kind follow each other without gap
 * or overlap, also where a time zone sets its clocks.
 *
 * @param zone whose calendar it is; UTC where that does not matter
 * @param anchorHour hour at which a day, week or month begins; one that the clocks leave out is the
 *     moment at which they are set
 * @param anchorDay first day of a week (1 is Monday) or of a month (1 to 28)
 * @param length of a rolling window, whole seconds; else zero
 */
public record QuotaWindow(
    WindowKind kind, ZoneId zone, int anchorHour, int anchorDay, Duration length) {
  public static final ZoneId UTC = ZoneId.of("UTC");

  /** A rolling window is counted in at least so many slots. */
  private static final int SLOTS = 60;

  private static final long SECONDS_PER_HOUR = 3_600;
  private static final long SECONDS_PER_DAY = 24 * SECONDS_PER_HOUR;

  private static final Instant BEGINNING = Instant.EPOCH;

  /** Later than any usage. */
  public static final Instant END = Instant.parse("9999-12-31T00:00:00Z");

  /** A window of UTC that begins when one expects it to; not a rolling one. */
  public static QuotaWindow of(WindowKind kind) {
    return new QuotaWindow(kind, UTC, 0, 1, Duration.ZERO);
  }

  public static QuotaWindow rolling(Duration length) {
    return new QuotaWindow(WindowKind.ROLLING, UTC, 0, 1, length);
  }

  /** Whether its kind says all about it. */
  public boolean plain() {
    return kind != WindowKind.ROLLING && equals(of(kind));
  }

  public boolean isRolling() {
    return kind == WindowKind.ROLLING;
  }

  /** Whether it ends at all. */
  public boolean bounded() {
    return kind != WindowKind.LIFETIME;
  }

  /** Start of the window that a time is in; of a rolling one, of that which ends at this time. */
  public Instant start(Instant at) {
    return switch (kind) {
      case MINUTE -> at.truncatedTo(ChronoUnit.MINUTES);
      case HOUR -> at.truncatedTo(ChronoUnit.HOURS);
      case DAY, WEEK, MONTH -> moment(firstDay(at));
      case ROLLING -> at.minus(length);
      case LIFETIME -> BEGINNING;
    };
  }

  /**
   * Start of the next window. Of a rolling one: when all that is in it now has left it. A lifetime
   * ends with the year 9999.
   */
  public Instant end(Instant at) {
    return switch (kind) {
      case MINUTE -> start(at).plus(1, ChronoUnit.MINUTES);
      case HOUR -> start(at).plus(1, ChronoUnit.HOURS);
      case DAY, WEEK, MONTH -> moment(step(firstDay(at), 1));
      case ROLLING -> slot(at).plusSeconds(slotSeconds()).plus(length);
      case LIFETIME -> END;
    };
  }

  /** What tells the window that a time is in from the others: all of a rolling one are one. */
  public Instant id(Instant at) {
    return isRolling() ? BEGINNING : start(at);
  }

  /** Start of the part of a rolling window that a time is in. */
  public Instant slot(Instant at) {
    long seconds = slotSeconds();
    return Instant.ofEpochSecond(Math.floorDiv(at.getEpochSecond(), seconds) * seconds);
  }

  /** The earliest part that is in the rolling window which ends at a time, be it by a moment. */
  public Instant firstSlot(Instant at) {
    return slot(at.minus(length));
  }

  /** Length of the parts of a rolling window: usage leaves it part by part. */
  public long slotSeconds() {
    return Math.max(1, length.toSeconds() / SLOTS);
  }

  /** When something may leave the window next, seen from a time in it. */
  public Instant nextRelief(Instant at) {
    return isRolling() ? slot(at).plusSeconds(slotSeconds()) : end(at);
  }

  /** Most windows are, and its clocks are never set: each call has to find some. */
  private boolean inUtc() {
    return zone.equals(UTC);
  }

  private LocalDate firstDay(Instant at) {
    LocalDate day =
        inUtc()
            ? LocalDate.ofEpochDay(Math.floorDiv(at.getEpochSecond(), SECONDS_PER_DAY))
            : at.atZone(zone).toLocalDate();
    LocalDate first =
        switch (kind) {
          case WEEK -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.of(anchorDay)));
          case MONTH -> day.withDayOfMonth(anchorDay);
          default -> day;
        };
    if (moment(first).isAfter(at)) {
      return step(first, -1);
    }
    // Clocks that are set back over midnight show the last hour of a day again, in the next one.
    LocalDate next = step(first, 1);
    return moment(next).isAfter(at) ? first : next;
  }

  private LocalDate step(LocalDate day, int windows) {
    return switch (kind) {
      case WEEK -> day.plusWeeks(windows);
      case MONTH -> day.plusMonths(windows);
      default -> day.plusDays(windows);
    };
  }

  /** The first moment at which the clocks show the anchor's hour of a day, or have passed it. */
  private Instant moment(LocalDate day) {
    if (inUtc()) {
      return Instant.ofEpochSecond(
          day.toEpochDay() * SECONDS_PER_DAY + anchorHour * SECONDS_PER_HOUR);
    }
    LocalDateTime local = day.atTime(LocalTime.of(anchorHour, 0));
    ZoneOffsetTransition transition = zone.getRules().getTransition(local);
    return transition != null && transition.isGap()
        ? transition.getInstant()
        : local.atZone(zone).toInstant();
  }
}
