package io.platformapi.service.quota;

import io.platformapi.service.quota.engine.FailMode;
import io.platformapi.service.quota.engine.Quota;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Limits of a tenant and the version of the whole set.
 *
 * @param version grows with each change of the set
 * @param origins of the limits by id; the tenant's own where nothing is said
 */
record QuotaSet(
    long version, FailMode failMode, List<Quota> quotas, Map<UUID, QuotaOrigin> origins) {

  QuotaOrigin origin(Quota quota) {
    return origins.getOrDefault(quota.id(), QuotaOrigin.TENANT);
  }
}
