package io.platformapi.service.quota.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuotaWindowTest {

  @ParameterizedTest
  @CsvSource({
    "MINUTE, 2026-11-25T20:14:59.999999Z, 2026-11-25T20:14:00Z, 2026-11-25T20:15:00Z",
    "HOUR, 2026-11-25T20:14:59Z, 2026-11-25T20:00:00Z, 2026-11-25T21:00:00Z",
    "DAY, 2026-11-25T23:59:59Z, 2026-11-25T00:00:00Z, 2026-11-26T00:00:00Z",
    "WEEK, 2026-11-29T23:59:59Z, 2026-11-23T00:00:00Z, 2026-11-30T00:00:00Z",
    "WEEK, 2026-11-30T00:00:00Z, 2026-11-30T00:00:00Z, 2026-12-07T00:00:00Z",
    "MONTH, 2026-11-25T20:14:59Z, 2026-11-01T00:00:00Z, 2026-12-01T00:00:00Z",
    "LIFETIME, 2026-11-25T20:14:59Z, 1970-01-01T00:00:00Z, 9999-12-31T00:00:00Z"
  })
  void plainWindowsAreUnitsOfUtc(WindowKind kind, Instant at, Instant start, Instant end) {
    QuotaWindow window = QuotaWindow.of(kind);
    assertThat(window.start(at)).isEqualTo(start);
    assertThat(window.end(at)).isEqualTo(end);
    assertThat(window.start(start)).isEqualTo(start);
  }

  @ParameterizedTest
  @CsvSource({
    // Clocks forward at 02:00, back at 03:00.
    "DAY, Europe/Berlin, 0, 1, 2026-03-29T10:00:00Z, 2026-03-28T23:00:00Z, 2026-03-29T22:00:00Z",
    "DAY, Europe/Berlin, 0, 1, 2026-10-25T10:00:00Z, 2026-10-24T22:00:00Z, 2026-10-25T23:00:00Z",
    // An hour that the clocks leave out begins when they are set.
    "DAY, Europe/Berlin, 2, 1, 2026-03-29T00:59:59Z, 2026-03-28T01:00:00Z, 2026-03-29T01:00:00Z",
    "DAY, Europe/Berlin, 2, 1, 2026-03-29T01:00:00Z, 2026-03-29T01:00:00Z, 2026-03-30T00:00:00Z",
    // An hour that comes twice begins the first time.
    "DAY, Europe/Berlin, 2, 1, 2026-10-25T00:00:00Z, 2026-10-25T00:00:00Z, 2026-10-26T01:00:00Z",
    "DAY, Europe/Berlin, 2, 1, 2026-10-25T01:30:00Z, 2026-10-25T00:00:00Z, 2026-10-26T01:00:00Z",
    // Half an hour only, and not at midnight.
    "DAY, Australia/Lord_Howe, 2, 1, 2026-10-03T15:30:00Z, 2026-10-03T15:30:00Z, 2026-10-04T15:00:00Z",
    "DAY, Asia/Kathmandu, 0, 1, 2026-11-25T18:15:00Z, 2026-11-25T18:15:00Z, 2026-11-26T18:15:00Z",
    // Midnight itself is left out.
    "DAY, America/Sao_Paulo, 0, 1, 2018-11-04T12:00:00Z, 2018-11-04T03:00:00Z, 2018-11-05T02:00:00Z",
    // A day that never was.
    "DAY, Pacific/Apia, 0, 1, 2011-12-30T09:59:59Z, 2011-12-29T10:00:00Z, 2011-12-30T10:00:00Z",
    "DAY, Pacific/Apia, 0, 1, 2011-12-30T10:00:00Z, 2011-12-30T10:00:00Z, 2011-12-31T10:00:00Z",
    // Back over midnight: the last hour of the day is shown again in the next window.
    "DAY, America/St_Johns, 0, 1, 2010-11-07T03:00:00Z, 2010-11-07T02:30:00Z, 2010-11-08T03:30:00Z",
    "WEEK, America/New_York, 6, 7, 2026-11-01T10:59:59Z, 2026-10-25T10:00:00Z, 2026-11-01T11:00:00Z",
    "WEEK, America/New_York, 6, 7, 2026-11-01T11:00:00Z, 2026-11-01T11:00:00Z, 2026-11-08T11:00:00Z",
    "MONTH, Europe/Berlin, 0, 15, 2026-03-14T22:59:59Z, 2026-02-14T23:00:00Z, 2026-03-14T23:00:00Z",
    "MONTH, Europe/Berlin, 0, 15, 2026-04-01T00:00:00Z, 2026-03-14T23:00:00Z, 2026-04-14T22:00:00Z",
    "MONTH, UTC, 0, 28, 2028-02-29T12:00:00Z, 2028-02-28T00:00:00Z, 2028-03-28T00:00:00Z",
    "MONTH, UTC, 12, 1, 2027-01-01T11:59:59Z, 2026-12-01T12:00:00Z, 2027-01-01T12:00:00Z"
  })
  void windowsOfATimeZoneFollowItsClocks(
      WindowKind kind, String zone, int hour, int day, Instant at, Instant start, Instant end) {
    QuotaWindow window = new QuotaWindow(kind, ZoneId.of(zone), hour, day, Duration.ZERO);
    assertThat(window.start(at)).isEqualTo(start);
    assertThat(window.end(at)).isEqualTo(end);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UTC",
        "Europe/Berlin",
        "America/St_Johns",
        "America/Sao_Paulo",
        "Africa/Cairo",
        "Asia/Beirut",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Antarctica/Troll"
      })
  void windowsFollowEachOtherWithoutGapOrOverlap(String zone) {
    Random random = new Random(1);
    for (WindowKind kind : List.of(WindowKind.DAY, WindowKind.WEEK, WindowKind.MONTH)) {
      int hour = random.nextInt(24);
      int day = 1 + random.nextInt(kind == WindowKind.WEEK ? 7 : 28);
      for (int anchorHour : List.of(0, hour)) {
        QuotaWindow window = new QuotaWindow(kind, ZoneId.of(zone), anchorHour, day, Duration.ZERO);
        Instant at = Instant.parse("2009-12-01T00:00:00Z");
        while (at.isBefore(Instant.parse("2029-01-01T00:00:00Z"))) {
          Instant start = window.start(at);
          Instant end = window.end(at);
          assertThat(start).as("%s at %s", window, at).isBeforeOrEqualTo(at);
          assertThat(end).as("%s at %s", window, at).isAfter(at);
          assertThat(window.start(end)).as("%s at %s", window, at).isEqualTo(end);
          assertThat(window.start(end.minusNanos(1))).as("%s at %s", window, at).isEqualTo(start);
          at = at.plusSeconds(1 + random.nextInt(kind == WindowKind.DAY ? 50_000 : 900_000));
        }
      }
    }
  }

  @Test
  void aRollingWindowIsCountedInWholeParts() {
    QuotaWindow day = QuotaWindow.rolling(Duration.ofHours(24));
    Instant now = Instant.parse("2026-11-25T20:14:59Z");
    assertThat(day.slotSeconds()).isEqualTo(1440);
    assertThat(day.slot(now)).isEqualTo("2026-11-25T20:00:00Z");
    // What was used 24 hours ago is partly in: the whole part counts.
    assertThat(day.firstSlot(now)).isEqualTo("2026-11-24T20:00:00Z");
    assertThat(day.nextRelief(now)).isEqualTo("2026-11-25T20:24:00Z");
    assertThat(day.end(now)).isEqualTo("2026-11-26T20:24:00Z");
    assertThat(day.id(now)).isEqualTo(Instant.EPOCH);
    assertThat(QuotaWindow.rolling(Duration.ofMinutes(1)).slotSeconds()).isEqualTo(1);
    assertThat(QuotaWindow.rolling(Duration.ofSeconds(61)).slotSeconds()).isEqualTo(1);
    assertThat(QuotaWindow.rolling(Duration.ofDays(31)).slotSeconds()).isEqualTo(44_640);
  }
}
