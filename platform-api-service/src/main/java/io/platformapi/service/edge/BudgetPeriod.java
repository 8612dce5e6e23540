package io.platformapi.service.edge;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * When the present period of a LiteLLM budget began. LiteLLM tells only when it ends, at a midnight
 * of its own time zone (duration_parser.py); known is what ends at one of UTC, as no change of the
 * clocks is in it.
 */
final class BudgetPeriod {
  private BudgetPeriod() {}

  /**
   * @param duration {@code budget_duration}
   * @param resetAt {@code budget_reset_at}
   * @return empty when it cannot be known
   */
  static Optional<Instant> start(String duration, Instant resetAt) {
    if (duration == null || resetAt == null) {
      return Optional.empty();
    }
    LocalDateTime end = LocalDateTime.ofInstant(resetAt, ZoneOffset.UTC);
    if (!end.toLocalTime().equals(LocalTime.MIDNIGHT)) {
      return Optional.empty();
    }
    Optional<LocalDateTime> start =
        switch (duration) {
          case BudgetLimit.DAY, "24h" -> Optional.of(end.minusDays(1));
          case BudgetLimit.WEEK -> Optional.of(end.minusDays(7));
          case BudgetLimit.MONTH, "30d" ->
              end.getDayOfMonth() == 1 ? Optional.of(end.minusMonths(1)) : Optional.empty();
          default -> Optional.empty();
        };
    return start.map(time -> time.toInstant(ZoneOffset.UTC));
  }
}
