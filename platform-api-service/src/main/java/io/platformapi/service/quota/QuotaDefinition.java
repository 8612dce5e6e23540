package io.platformapi.service.quota;

import io.platformapi.service.http.Money;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaDimension;
import java.util.List;
import java.util.UUID;

/**
 * One limit of a tenant, on the wire.
 *
 * @param scope see {@link ScopeRules}
 * @param window see {@link WindowRules}
 * @param limit a whole number, or {@link Money} for cost
 * @param origin who says so: {@code tenant}, {@code plan}, or {@code platform} beyond the plan
 */
public record QuotaDefinition(
    UUID id,
    String dimension,
    Object scope,
    Object window,
    Object limit,
    String mode,
    List<Integer> thresholds,
    int priority,
    String description,
    String origin) {

  static QuotaDefinition of(Quota quota, QuotaOrigin origin, String currency) {
    return new QuotaDefinition(
        quota.id(),
        quota.dimension().wire(),
        ScopeRules.write(quota.selector()),
        WindowRules.write(quota.window()),
        amount(quota.dimension(), quota.limit(), currency),
        quota.mode().wire(),
        quota.thresholds(),
        quota.priority(),
        quota.description(),
        origin.wire());
  }

  /** An amount of a dimension as it is on the wire. */
  static Object amount(QuotaDimension dimension, long value, String currency) {
    return dimension == QuotaDimension.COST ? Money.ofNanos(value, currency) : (Object) value;
  }
}
