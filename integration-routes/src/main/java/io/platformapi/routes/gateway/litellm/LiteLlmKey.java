package io.platformapi.routes.gateway.litellm;

import io.platformapi.routes.message.CallOwner;
import java.math.BigDecimal;
import java.time.Instant;

/**
 * An API key as LiteLLM knows it.
 *
 * @param keyHash its SHA-256, as in spend rows and events
 * @param teamId its team, or null
 * @param organizationId its organization, or null
 * @param tenantId {@code metadata.tenant_id}, or null
 * @param spend in USD, of the budget's present period
 * @param budgetId a budget that it shares with others, or null
 * @param limits its own; the soft budget is that of its budget
 * @param blocked whether its calls are refused
 * @param createdAt when it was made, or null: what it has used before that is nothing
 */
public record LiteLlmKey(
    String keyHash,
    String teamId,
    String organizationId,
    String tenantId,
    BigDecimal spend,
    String budgetId,
    LiteLlmLimits limits,
    boolean blocked,
    Instant createdAt) {

  /** Who pays for what it uses. */
  public CallOwner owner() {
    return new CallOwner(teamId, organizationId, tenantId);
  }
}
