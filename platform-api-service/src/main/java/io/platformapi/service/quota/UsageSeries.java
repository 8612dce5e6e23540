package io.platformapi.service.quota;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.platformapi.service.quota.engine.GrantTimeline;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaDimension;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.UUID;

/**
 * A window step by step, and how it burns down each limit, on the wire.
 *
 * @param step {@code hour}, {@code day} or {@code month}
 * @param points in order of time, without gaps but for a lifetime, up to the present one or the
 *     last with usage; together they are the usage of the window
 */
public record UsageSeries(String step, List<Point> points, List<BurnDown> quotas) {

  /** What was used in one step; half-open, UTC. */
  public record Point(Instant start, Instant end, UsageTotals usage) {}

  /**
   * One limit; each amount is a whole number, or money for cost.
   *
   * @param projectedExhaustionAt when the limit, with what is granted on top of it now, is reached
   *     if usage goes on as it did on average since the window began; null when it is reached
   *     already, or not before the window ends, or the window is not the present one, or what is
   *     granted is not known
   */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  public record BurnDown(
      UUID id, String dimension, Instant projectedExhaustionAt, List<Left> points) {}

  /**
   * A limit at the end of a step.
   *
   * @param used in the step
   * @param cumulated used since the window began
   * @param granted what grants add to the limit; null when it is not known
   * @param remaining of limit and grants, never below zero; null likewise
   */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  public record Left(
      Instant start, Object used, Object cumulated, Object granted, Object remaining) {}

  /**
   * @param used by the start of the step
   * @param granted what grants add to each limit, where it is known
   * @param now up to when the series is told
   */
  static UsageSeries of(
      UsageQuery query,
      SortedMap<Instant, UsageSums> used,
      List<Quota> quotas,
      Map<UUID, GrantTimeline> granted,
      Instant now,
      String currency) {
    SeriesStep step = query.series();
    List<Instant> starts = starts(query, used, now);
    return new UsageSeries(
        step.wire(),
        starts.stream()
            .map(
                start ->
                    new Point(
                        start,
                        step.next(start),
                        UsageTotals.of(used.getOrDefault(start, UsageSums.NONE), currency)))
            .toList(),
        quotas.stream()
            .map(
                quota ->
                    burnDown(quota, granted.get(quota.id()), query, used, starts, now, currency))
            .toList());
  }

  private static List<Instant> starts(
      UsageQuery query, SortedMap<Instant, UsageSums> used, Instant now) {
    if (!query.window().bounded()) {
      return List.copyOf(used.keySet());
    }
    List<Instant> starts = new ArrayList<>();
    Instant end = query.window().end(query.at());
    Instant last = query.series().start(now);
    if (!used.isEmpty() && used.lastKey().isAfter(last)) {
      last = used.lastKey();
    }
    for (Instant start = query.window().start(query.at());
        start.isBefore(end) && !start.isAfter(last);
        start = query.series().next(start)) {
      starts.add(start);
    }
    return starts;
  }

  private static BurnDown burnDown(
      Quota quota,
      GrantTimeline granted,
      UsageQuery query,
      SortedMap<Instant, UsageSums> used,
      List<Instant> starts,
      Instant now,
      String currency) {
    QuotaDimension dimension = quota.dimension();
    List<Left> points = new ArrayList<>();
    long cumulated = 0;
    for (Instant start : starts) {
      long step = used.getOrDefault(start, UsageSums.NONE).of(dimension);
      cumulated = Math.addExact(cumulated, step);
      Long added = granted == null ? null : granted.at(told(query.series().next(start), now));
      points.add(
          new Left(
              start,
              QuotaDefinition.amount(dimension, step, currency),
              QuotaDefinition.amount(dimension, cumulated, currency),
              added == null ? null : QuotaDefinition.amount(dimension, added, currency),
              added == null
                  ? null
                  : QuotaDefinition.amount(
                      dimension, remaining(quota, added, cumulated), currency)));
    }
    Instant first =
        query.window().bounded()
            ? query.window().start(query.at())
            : starts.isEmpty() ? now : starts.get(0);
    return new BurnDown(
        quota.id(),
        dimension.wire(),
        granted == null
            ? null
            : exhaustion(
                cumulated,
                quota.limitWith(granted.at(now)),
                first,
                now,
                query.window().end(query.at())),
        points);
  }

  /** As what a step is told: its last moment, or now while it goes on. */
  private static Instant told(Instant end, Instant now) {
    return end.isAfter(now) ? now : end.minusNanos(1);
  }

  private static long remaining(Quota quota, long granted, long cumulated) {
    return Math.max(0, quota.limitWith(granted) - Math.max(0, cumulated));
  }

  /** Where the straight line from nothing at the start through what is used now meets the limit. */
  static Instant exhaustion(long used, long limit, Instant start, Instant now, Instant end) {
    long elapsed = Duration.between(start, now).toSeconds();
    if (used <= 0 || used >= limit || elapsed <= 0 || !now.isBefore(end)) {
      return null;
    }
    BigInteger seconds =
        BigInteger.valueOf(elapsed)
            .multiply(BigInteger.valueOf(limit))
            .add(BigInteger.valueOf(used - 1))
            .divide(BigInteger.valueOf(used));
    BigInteger whole = BigInteger.valueOf(Duration.between(start, end).toSeconds());
    return seconds.compareTo(whole) < 0 ? start.plusSeconds(seconds.longValue()) : null;
  }
}
