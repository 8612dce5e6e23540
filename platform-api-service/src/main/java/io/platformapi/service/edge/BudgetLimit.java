package io.platformapi.service.edge;

import io.platformapi.routes.gateway.litellm.LimitChange;
import io.platformapi.routes.gateway.litellm.LiteLlmLimits;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A budget of LiteLLM's.
 *
 * @param maxBudget in USD, or null for none
 * @param duration {@code budget_duration}, or null for ever
 */
record BudgetLimit(BigDecimal maxBudget, String duration) implements EdgeLimit {
  static final BudgetLimit NONE = new BudgetLimit(null, null);
  static final String DAY = "1d";
  static final String WEEK = "7d";
  static final String MONTH = "1mo";

  private static final int NANO_DIGITS = 9;

  /** Other ways to write a period that ends at the same moments (LiteLLM's duration_parser.py). */
  private static final Map<String, String> SAME_PERIOD = Map.of("24h", DAY, "30d", MONTH);

  static BudgetLimit ofNanos(long nanos, String duration) {
    BigDecimal amount = BigDecimal.valueOf(nanos, NANO_DIGITS).stripTrailingZeros();
    return new BudgetLimit(amount.scale() < 0 ? amount.setScale(0) : amount, duration);
  }

  /** What {@link #shown} showed. */
  static BudgetLimit parse(Map<String, String> shown) {
    return shown.isEmpty()
        ? NONE
        : new BudgetLimit(new BigDecimal(shown.get("max_budget")), shown.get("budget_duration"));
  }

  static BudgetLimit of(LiteLlmLimits limits) {
    return limits.maxBudget() == null
        ? NONE
        : new BudgetLimit(limits.maxBudget(), limits.budgetDuration());
  }

  @Override
  public boolean isNone() {
    return maxBudget == null;
  }

  @Override
  public boolean same(EdgeLimit other) {
    return other instanceof BudgetLimit that && sameAmount(that) && (isNone() || samePeriod(that));
  }

  /**
   * What makes a budget of another one. Only what differs is named: LiteLLM would begin the period
   * anew.
   */
  LimitChange from(BudgetLimit present) {
    LimitChange change = LimitChange.NONE;
    if (!sameAmount(present)) {
      change = change.maxBudget(maxBudget);
    }
    return samePeriod(present) ? change : change.budgetDuration(duration);
  }

  @Override
  public Map<String, String> shown() {
    if (isNone()) {
      return Map.of();
    }
    Map<String, String> shown = new LinkedHashMap<>();
    shown.put("max_budget", maxBudget.toPlainString());
    if (duration != null) {
      shown.put("budget_duration", duration);
    }
    return shown;
  }

  /** LiteLLM keeps a double: what it tells of ours is the nearest one. */
  private boolean sameAmount(BudgetLimit that) {
    if (isNone() || that.isNone()) {
      return isNone() && that.isNone();
    }
    return maxBudget.compareTo(that.maxBudget) == 0
        || Double.compare(maxBudget.doubleValue(), that.maxBudget.doubleValue()) == 0;
  }

  private boolean samePeriod(BudgetLimit that) {
    return Objects.equals(period(duration), period(that.duration));
  }

  private static String period(String duration) {
    return duration == null ? null : SAME_PERIOD.getOrDefault(duration, duration);
  }
}
