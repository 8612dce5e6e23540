package io.platformapi.routes.gateway.litellm;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * What LiteLLM lets somebody use. Null is no limit of that kind; 0 is a limit that lets nothing
 * through.
 *
 * @param maxBudget {@code max_budget}, in USD, of a budget's period
 * @param softBudget {@code soft_budget}, in USD: above it LiteLLM only warns
 * @param budgetDuration {@code budget_duration}, such as {@code 30d}; null is a budget for ever
 * @param budgetResetAt {@code budget_reset_at}: when the present period ends and spend becomes 0
 * @param tpmLimit {@code tpm_limit}, tokens a minute
 * @param rpmLimit {@code rpm_limit}, requests a minute
 */
public record LiteLlmLimits(
    BigDecimal maxBudget,
    BigDecimal softBudget,
    String budgetDuration,
    Instant budgetResetAt,
    Long tpmLimit,
    Long rpmLimit) {}
