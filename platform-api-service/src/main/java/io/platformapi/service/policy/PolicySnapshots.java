package io.platformapi.service.policy;

import io.platformapi.service.cache.Cache;
import io.platformapi.service.cache.CacheKind;
import io.platformapi.service.cache.CacheOptions;
import io.platformapi.service.cache.Caches;
import io.platformapi.service.cache.Changes;
import io.platformapi.service.cache.WhileAway;
import io.platformapi.service.policy.engine.PolicySnapshot;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Policy in memory, read anew after every change. Policy that is known to have changed is never
 * decided by; policy that cannot be read anew is, for a bounded time.
 */
final class PolicySnapshots implements PolicyChanges {
  private static final int MAX_TENANTS = 10_000;
  private static final Duration LIFE = Duration.ofSeconds(30);

  /** The platform's own, see {@link CacheKind#POLICY}. */
  private static final String PLATFORM = "";

  private final Changes changes;
  private final Cache<TenantPolicy> tenants;
  private final Cache<PolicySnapshot> platform;

  /**
   * @param staleAtMost how old policy may get that cannot be compared with its database
   */
  PolicySnapshots(PolicyReader reader, Caches caches, Changes changes, Duration staleAtMost) {
    this.changes = changes;
    this.tenants =
        caches.keyed(
            CacheKind.POLICY, "policies", reader::tenant, options(MAX_TENANTS, staleAtMost));
    this.platform =
        caches.keyed(
            CacheKind.POLICY, "platform-policy", key -> reader.platform(), options(1, staleAtMost));
  }

  /**
   * @throws io.platformapi.service.persistence.DatabaseUnavailableException when it is not known
   *     well enough: nothing may be allowed
   * @throws io.platformapi.service.persistence.UnknownDatabaseException for no tenant that is ready
   */
  TenantPolicy of(String tenantId) {
    return tenants.get(tenantId);
  }

  PolicySnapshot platform() {
    return platform.get(PLATFORM);
  }

  @Override
  public <T> T around(String tenantId, Supplier<T> transaction) {
    return changes.around(CacheKind.POLICY, tenantId, transaction);
  }

  private static <V> CacheOptions<V> options(int maxEntries, Duration staleAtMost) {
    Duration life = LIFE.compareTo(staleAtMost) < 0 ? LIFE : staleAtMost;
    return CacheOptions.<V>of(maxEntries, life).whileAway(WhileAway.KEEP_UNCHANGED, staleAtMost);
  }
}
