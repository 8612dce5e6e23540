package io.platformapi.service.quota;

import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaState;
import java.time.Instant;
import java.util.UUID;

/**
 * How a quota stands for whom a request is of; amounts are whole numbers, or money for cost.
 *
 * @param granted what grants add to the limit in this window: what it has drawn from them, and what
 *     it may draw yet
 * @param held by open reservations
 * @param remaining what may be reserved yet
 * @param resetAt end of the window, or null when it has none
 */
public record QuotaLevel(
    UUID quotaId,
    String dimension,
    Object scope,
    Object window,
    String mode,
    Object limit,
    Object granted,
    Object used,
    Object held,
    Object remaining,
    Instant resetAt) {

  static QuotaLevel of(QuotaState state, String currency) {
    Quota quota = state.quota();
    Balance balance = state.balance();
    return new QuotaLevel(
        quota.id(),
        quota.dimension().wire(),
        ScopeRules.write(quota.selector()),
        WindowRules.write(quota.window()),
        quota.mode().wire(),
        QuotaDefinition.amount(quota.dimension(), quota.limit(), currency),
        QuotaDefinition.amount(quota.dimension(), state.granted(), currency),
        QuotaDefinition.amount(quota.dimension(), balance.used(), currency),
        QuotaDefinition.amount(quota.dimension(), balance.held(), currency),
        QuotaDefinition.amount(quota.dimension(), state.remaining(), currency),
        state.resetAt());
  }
}
