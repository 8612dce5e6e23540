package io.platformapi.service.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;

/** What a set of calls adds up to, in the ledger's dimensions. */
public record Amounts(
    long inputTokens,
    long outputTokens,
    long cachedInputTokens,
    long cachedOutputTokens,
    long succeeded,
    long failed,
    long cached,
    long costNanos) {
  public static final Amounts NONE = new Amounts(0, 0, 0, 0, 0, 0, 0, 0);

  /** From the {@code usage} of an answer of {@code GET /v1/quotas/usage}. */
  public static Amounts of(JsonNode usage) {
    return new Amounts(
        usage.get("inputTokens").longValue(),
        usage.get("outputTokens").longValue(),
        usage.get("cachedInputTokens").longValue(),
        usage.get("cachedOutputTokens").longValue(),
        usage.get("requestsSucceeded").longValue(),
        usage.get("requestsFailed").longValue(),
        usage.get("requestsCached").longValue(),
        new BigDecimal(usage.at("/cost/amount").asText()).movePointRight(9).longValueExact());
  }

  public Amounts plus(Amounts other) {
    return new Amounts(
        inputTokens + other.inputTokens,
        outputTokens + other.outputTokens,
        cachedInputTokens + other.cachedInputTokens,
        cachedOutputTokens + other.cachedOutputTokens,
        succeeded + other.succeeded,
        failed + other.failed,
        cached + other.cached,
        costNanos + other.costNanos);
  }
}
