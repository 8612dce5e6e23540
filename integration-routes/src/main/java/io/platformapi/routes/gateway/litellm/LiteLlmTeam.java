package io.platformapi.routes.gateway.litellm;

import io.platformapi.routes.message.CallOwner;
import java.math.BigDecimal;
import java.time.Instant;

/**
 * A team as LiteLLM knows it.
 *
 * @param organizationId its organization, or null
 * @param spend in USD, of the budget's present period
 * @param blocked whether all calls of its keys are refused
 * @param createdAt when it was made, or null: what it has used before that is nothing
 */
public record LiteLlmTeam(
    String teamId,
    String organizationId,
    BigDecimal spend,
    LiteLlmLimits limits,
    boolean blocked,
    Instant createdAt) {

  /** Who pays for what it uses. */
  public CallOwner owner() {
    return new CallOwner(teamId, organizationId, null);
  }
}
