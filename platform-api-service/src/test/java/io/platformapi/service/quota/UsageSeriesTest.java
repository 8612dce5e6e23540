package io.platformapi.service.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Demand;
import io.platformapi.service.quota.engine.GrantTimeline;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaGrant;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.Quotas;
import io.platformapi.service.quota.engine.WindowKind;
import io.platformapi.service.usage.LedgerScope;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
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
            Map.of(quota.id(), GrantTimeline.NONE),
            Instant.parse("2026-11-04T00:00:00Z"),
            "USD");
    assertThat(series.quotas().get(0).points())
        .extracting(
            UsageSeries.Left::used, UsageSeries.Left::cumulated, UsageSeries.Left::remaining)
        .containsExactly(
            tuple(3L, 3L, 2L), tuple(0L, 3L, 2L), tuple(3L, 6L, 0L), tuple(0L, 6L, 0L));
    assertThat(series.quotas().get(0).projectedExhaustionAt()).isNull();
  }

  @Test
  void grantsAreOnTopOfTheLimitFromWhenTheyBeginAndPutItsEndOff() {
    Quota quota = Quotas.of(QuotaDimension.REQUESTS, QuotaWindow.of(WindowKind.MONTH), 5);
    // One that ends with the second day, and one that begins at noon of the third.
    GrantTimeline granted =
        timeline(
            quota,
            grant(quota, 2, START, "2026-11-03T00:00:00Z"),
            grant(quota, 9, Instant.parse("2026-11-03T12:00:00Z"), "2026-12-01T00:00:00Z"));
    SortedMap<Instant, UsageSums> used = used("2026-11-01T00:00:00Z", "2026-11-03T00:00:00Z");
    UsageSeries.BurnDown morning = burnDown(quota, granted, used, "2026-11-03T11:00:00Z");
    assertThat(morning.points())
        .extracting(UsageSeries.Left::granted, UsageSeries.Left::remaining)
        .containsExactly(tuple(2L, 4L), tuple(2L, 4L), tuple(0L, 0L));
    assertThat(morning.projectedExhaustionAt()).isNull();
    UsageSeries.BurnDown evening = burnDown(quota, granted, used, "2026-11-04T00:00:00Z");
    assertThat(evening.points())
        .extracting(UsageSeries.Left::granted, UsageSeries.Left::remaining)
        .containsExactly(tuple(2L, 4L), tuple(2L, 4L), tuple(9L, 8L), tuple(9L, 8L));
    // Six in three days: fourteen in seven.
    assertThat(evening.projectedExhaustionAt()).isEqualTo("2026-11-08T00:00:00Z");
  }

  @Test
  void whatIsLeftIsNotToldWhenNobodyKnowsWhatWasGranted() {
    Quota quota = Quotas.of(QuotaDimension.REQUESTS, QuotaWindow.of(WindowKind.MONTH), 5);
    UsageSeries.BurnDown told =
        burnDown(quota, null, used("2026-11-01T00:00:00Z"), "2026-11-02T00:00:00Z");
    assertThat(told.points())
        .extracting(
            UsageSeries.Left::cumulated, UsageSeries.Left::granted, UsageSeries.Left::remaining)
        .containsExactly(tuple(3L, null, null), tuple(3L, null, null));
    assertThat(told.projectedExhaustionAt()).isNull();
  }

  private static UsageSeries.BurnDown burnDown(
      Quota quota, GrantTimeline granted, SortedMap<Instant, UsageSums> used, String now) {
    return UsageSeries.of(
            month(),
            used,
            List.of(quota),
            granted == null ? Map.of() : Map.of(quota.id(), granted),
            Instant.parse(now),
            "USD")
        .quotas()
        .get(0);
  }

  private static GrantTimeline timeline(Quota quota, QuotaGrant... grants) {
    BalanceKey window = new BalanceKey(quota.id(), "", START);
    return GrantTimeline.present(
        new Demand(quota, window, 0, List.of(grants)), key -> Balance.empty(key));
  }

  private static QuotaGrant grant(Quota quota, long amount, Instant from, String until) {
    return new QuotaGrant(
        UUID.randomUUID(), quota.id(), null, amount, from, Instant.parse(until), 100);
  }

  private static List<String> days(Instant now, String... used) {
    return UsageSeries.of(month(), used(used), List.of(), Map.of(), now, "USD").points().stream()
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
