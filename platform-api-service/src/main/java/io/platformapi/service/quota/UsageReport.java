package io.platformapi.service.quota;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * What somebody has used in a window and what is left of the limits on it, on the wire.
 *
 * @param series null when it was not asked for
 */
public record UsageReport(
    Scope scope,
    Window window,
    UsageTotals usage,
    List<Limit> quotas,
    @JsonInclude(JsonInclude.Include.NON_NULL) UsageSeries series) {

  /**
   * @param label name for people, or null
   */
  public record Scope(String type, String id, String label) {}

  /** Half-open, UTC; both ends null for all time. */
  public record Window(String type, Instant start, Instant end) {
    static Window of(QuotaWindow window, Instant at) {
      return window.bounded()
          ? new Window(window.kind().wire(), window.start(at), window.end(at))
          : new Window(window.kind().wire(), null, null);
    }
  }

  /**
   * Each amount is a whole number, or money for cost.
   *
   * @param granted what grants add to the limit in this window; nothing of a window that is not the
   *     present one, as of what is held
   * @param used all of it, also beyond the limit
   * @param remaining what is neither used nor held, never below zero
   * @param resetAt end of the window, or null when it has none
   */
  public record Limit(
      UUID id,
      String dimension,
      Object limit,
      Object granted,
      Object used,
      Object held,
      Object remaining,
      Instant resetAt,
      String mode) {}

  static UsageReport of(UsageQuery query, UsageRow row, String currency) {
    return of(query, row, null, currency);
  }

  static UsageReport of(UsageQuery query, UsageRow row, UsageSeries series, String currency) {
    Window window = Window.of(query.window(), query.at());
    return new UsageReport(
        new Scope(query.scope().wire(), row.key(), row.label()),
        window,
        UsageTotals.of(row.sums(), currency),
        row.quotas().stream().map(quota -> limit(quota, row, window.end(), currency)).toList(),
        series);
  }

  private static Limit limit(Quota quota, UsageRow row, Instant resetAt, String currency) {
    QuotaDimension dimension = quota.dimension();
    return new Limit(
        quota.id(),
        dimension.wire(),
        QuotaDefinition.amount(dimension, quota.limit(), currency),
        QuotaDefinition.amount(dimension, row.state(quota).granted(), currency),
        QuotaDefinition.amount(dimension, row.sums().of(dimension), currency),
        QuotaDefinition.amount(dimension, row.state(quota).balance().held(), currency),
        QuotaDefinition.amount(dimension, remaining(quota, row), currency),
        resetAt,
        quota.mode().wire());
  }

  /** What is left of a quota, never below zero. */
  static long remaining(Quota quota, UsageRow row) {
    return row.state(quota).remaining();
  }

  /** How long the window is; null for all time. */
  static Duration length(QuotaWindow window, Instant at) {
    return window.bounded() ? Duration.between(window.start(at), window.end(at)) : null;
  }
}
