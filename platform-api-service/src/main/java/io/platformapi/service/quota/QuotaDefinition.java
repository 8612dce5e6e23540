package io.platformapi.service.quota;

import io.platformapi.service.http.Money;
import java.util.UUID;

/**
 * One limit of a tenant, on the wire.
 *
 * @param limit a whole number, or {@link Money} for cost
 */
public record QuotaDefinition(
    UUID id, String dimension, QuotaScope scope, String window, Object limit, String mode) {

  static QuotaDefinition of(Quota quota, String currency) {
    return new QuotaDefinition(
        quota.id(),
        quota.dimension().wire(),
        new QuotaScope(quota.scope().wire(), quota.scopeId().isEmpty() ? null : quota.scopeId()),
        quota.window().wire(),
        amount(quota.dimension(), quota.limit(), currency),
        quota.mode().wire());
  }

  /** An amount of a dimension as it is on the wire. */
  static Object amount(QuotaDimension dimension, long value, String currency) {
    return dimension == QuotaDimension.COST ? Money.ofNanos(value, currency) : (Object) value;
  }
}
