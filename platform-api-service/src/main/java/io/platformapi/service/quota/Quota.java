package io.platformapi.service.quota;

import io.platformapi.service.usage.LedgerScope;
import java.util.UUID;

/**
 * One limit of a tenant.
 *
 * @param scopeId who within the scope; empty for the tenant itself
 * @param limit whole number; of cost in nano-units
 */
record Quota(
    UUID id,
    QuotaDimension dimension,
    LedgerScope scope,
    String scopeId,
    QuotaWindow window,
    long limit,
    QuotaMode mode) {

  /** What tells it from the others of its tenant. */
  record NaturalKey(
      QuotaDimension dimension, LedgerScope scope, String scopeId, QuotaWindow window) {}

  NaturalKey naturalKey() {
    return new NaturalKey(dimension, scope, scopeId, window);
  }

  Quota withId(UUID other) {
    return new Quota(other, dimension, scope, scopeId, window, limit, mode);
  }
}
