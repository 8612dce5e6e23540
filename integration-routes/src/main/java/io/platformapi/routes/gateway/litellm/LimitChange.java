package io.platformapi.routes.gateway.litellm;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Limits to set. LiteLLM's updates are merge patches: what is not named stays, and null takes a
 * limit away. Immutable.
 */
public final class LimitChange {
  /** Nothing yet. */
  public static final LimitChange NONE = new LimitChange(Map.of());

  private final Map<String, Object> values;

  private LimitChange(Map<String, Object> values) {
    this.values = values;
  }

  /** In USD, or null for none. */
  public LimitChange maxBudget(BigDecimal amount) {
    return with("max_budget", notNegative(amount));
  }

  /** In USD, below the maximum, or null for none. */
  public LimitChange softBudget(BigDecimal amount) {
    return with("soft_budget", notNegative(amount));
  }

  /**
   * Such as {@code 30d}, or null for ever. Name it only to change it: LiteLLM computes the end of
   * the present period anew, also for the duration that is set already.
   */
  public LimitChange budgetDuration(String duration) {
    return with("budget_duration", duration);
  }

  /** Tokens a minute, or null for any number. */
  public LimitChange tpmLimit(Long limit) {
    return with("tpm_limit", notNegative(limit));
  }

  /** Requests a minute, or null for any number. */
  public LimitChange rpmLimit(Long limit) {
    return with("rpm_limit", notNegative(limit));
  }

  public boolean isEmpty() {
    return values.isEmpty();
  }

  Map<String, Object> values() {
    return values;
  }

  @Override
  public String toString() {
    return "LimitChange" + values;
  }

  private LimitChange with(String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(values);
    more.put(name, value);
    return new LimitChange(more);
  }

  private static BigDecimal notNegative(BigDecimal amount) {
    if (amount != null && amount.signum() < 0) {
      throw new IllegalArgumentException("a limit below zero");
    }
    return amount;
  }

  private static Long notNegative(Long limit) {
    if (limit != null && limit < 0) {
      throw new IllegalArgumentException("a limit below zero");
    }
    return limit;
  }
}
