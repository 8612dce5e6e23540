package io.platformapi.service.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.Quotas;
import io.platformapi.service.quota.engine.WindowKind;
import io.platformapi.service.usage.LedgerScope;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsageSeriesTest {
  private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
  private static final Instant END = Instant.parse("2026-12-01T00:00:00Z");

  @ParameterizedTest
  @CsvSource({
    // Half is used after a third of the month: all of it after two thirds.
    "50, 100, 2026-11-11T00:00:00Z, 2026-11-21T00:00:00Z",
    "1, 3, 2026-11-01T00:00:07Z, 2026-11-01T00:00:21Z",
    // Seven seconds for each three: rounded up, it is not reached before.
    "3, 10, 2026-11-01T00:00:07Z, 2026-11-01T00:00:24Z",
    // Only after the end, exactly at it, reached already, nothing used, no time gone, over.
    "10, 100, 2026-11-11T00:00:00Z,",
    "1, 2, 2026-11-16T00:00:00Z,",
    "100, 100, 2026-11-11T00:00:00Z,",
    "0, 100, 2026-11-11T00:00:00Z,",
    "50, 100, 2026-11-01T00:00:00Z,",
    "50, 100, 2026-12-01T00:00:00Z,",
    // The product of both does not fit.
    "4611686018427387904, 9223372036854775807, 2026-11-11T00:00:00Z, 2026-11-21T00:00:00Z"
  })
  void theLimitIsReachedWhereTheStraightLineMeetsIt(
      long used, long limit, Instant now, Instant expected) {
    assertThat(UsageSeries.exhaustion(used, limit, START, now, END)).isEqualTo(expected);
  }

  @Test
  void thePointsGoWithoutGapsToThePresentOneOrTheLastWithUsage() {
    Instant now = Instant.parse("2026-11-03T05:00:00Z");
    assertThat(days(now)).containsExactly("2026-11-01", "2026-11-02", "2026-11-03");
    assertThat(days(now, "2026-11-02T00:00:00Z")).hasSize(3);
    assertThat(days(now, "2026-11-05T00:00:00Z")).hasSize(5);
    assertThat(days(END)).hasSize(30);
    assertThat(days(START.minusSeconds(1))).isEmpty();
  }

  @Test
  void eachPointTellsWhatIsUsedAndLeft() {
    Quota quota = Quotas.of(QuotaDimension.REQUESTS, QuotaWindow.of(WindowKind.MONTH), 5);
    UsageSeries series =
        UsageSeries.of(
            month(),
            used("2026-11-01T00:00:00Z", "2026-11-03T00:00:00Z"),
            List.of(quota),
            Instant.parse("2026-11-04T00:00:00Z"),
            "USD");
    assertThat(series.quotas().get(0).points())
        .extracting(
            UsageSeries.Left::used, UsageSeries.Left::cumulated, UsageSeries.Left::remaining)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(3L, 3L, 2L),
            org.assertj.core.groups.Tuple.tuple(0L, 3L, 2L),
            org.assertj.core.groups.Tuple.tuple(3L, 6L, 0L),
            org.assertj.core.groups.Tuple.tuple(0L, 6L, 0L));
    assertThat(series.quotas().get(0).projectedExhaustionAt()).isNull();
  }

  private static List<String> days(Instant now, String... used) {
    return UsageSeries.of(month(), used(used), List.of(), now, "USD").points().stream()
        .map(point -> point.start().toString().substring(0, 10))
        .toList();
  }

  private static UsageQuery month() {
    return new UsageQuery(
        LedgerScope.TENANT,
        "t",
        QuotaWindow.of(WindowKind.MONTH),
        Instant.parse("2026-11-10T00:00:00Z"),
        null,
        SeriesStep.DAY);
  }

  /** Three requests at each of these. */
  private static SortedMap<Instant, UsageSums> used(String... starts) {
    SortedMap<Instant, UsageSums> used = new TreeMap<>();
    for (String start : starts) {
      used.put(Instant.parse(start), new UsageSums(0, 0, 0, 0, 1, 1, 1, 0, 0, 0));
    }
    return used;
  }
}
