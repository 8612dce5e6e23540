package io.platformapi.service.tenant;

import io.platformapi.routes.message.CallOwner;
import io.platformapi.routes.port.StoreUnavailableException;
import io.platformapi.routes.port.TenantDirectory;
import io.platformapi.service.auth.TenantLookup;
import io.platformapi.service.auth.TenantView;
import io.platformapi.service.cache.Cache;
import io.platformapi.service.cache.CacheKind;
import io.platformapi.service.cache.CacheOptions;
import io.platformapi.service.cache.Caches;
import io.platformapi.service.cache.Snapshot;
import io.platformapi.service.cache.SnapshotOptions;
import io.platformapi.service.persistence.DatabaseUnavailableException;
import io.platformapi.service.persistence.InAdmin;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Answers from memory which tenant a call or a request belongs to.
 *
 * <p>All tenants are read now and then and whenever one is said to have changed. What is not in
 * memory is looked up in the database, so that a tenant is known as soon as it is registered; the
 * same unknown key is looked up a few times a second at most. While the database is away, known
 * tenants are still known.
 */
public final class TenantDirectoryService implements TenantDirectory, TenantLookup {
  private static final Duration MISS_PAUSE = Duration.ofMillis(250);
  private static final Duration OUTAGE_PAUSE = Duration.ofSeconds(1);
  private static final int MAX_MISSES = 10_000;

  private final TenantDirectorySql sql;
  private final Snapshot<TenantSnapshot> tenants;
  private final Cache<Optional<TenantSnapshot.Entry>> misses;

  private volatile Long failedAt;

  /**
   * @param refresh pause between two reads of all tenants
   */
  public TenantDirectoryService(InAdmin admin, Caches caches, Duration refresh) {
    this.sql = new TenantDirectorySql(admin);
    this.tenants =
        caches.whole(
            CacheKind.TENANT,
            "tenants",
            TenantSnapshot.EMPTY,
            sql::all,
            new SnapshotOptions<>(refresh, OUTAGE_PAUSE, TenantSnapshot::size));
    this.misses =
        caches.keyed(
            CacheKind.TENANT,
            "tenants-missed",
            CacheOptions.<Optional<TenantSnapshot.Entry>>of(
                    MAX_MISSES, found -> isReady(found) ? Duration.ZERO : MISS_PAUSE)
                .withEveryChange());
  }

  @Override
  public Optional<String> tenantOf(CallOwner owner) {
    try {
      return find(TenantKey.TEAM, owner.teamId())
          .or(() -> find(TenantKey.GATEWAY_ORGANIZATION, owner.organizationId()))
          .or(() -> find(TenantKey.ID, owner.authTenantId()))
          .map(TenantSnapshot.Entry::id);
    } catch (DatabaseUnavailableException e) {
      throw new StoreUnavailableException("tenants cannot be looked up now", e);
    }
  }

  @Override
  public boolean knows(String tenantId) {
    try {
      return find(TenantKey.ID, tenantId).isPresent();
    } catch (DatabaseUnavailableException e) {
      throw new StoreUnavailableException("tenants cannot be looked up now", e);
    }
  }

  @Override
  public Optional<TenantView> byId(String tenantId) {
    return find(TenantKey.ID, tenantId).map(TenantSnapshot.Entry::view);
  }

  @Override
  public Optional<TenantView> byOrganization(String organizationId) {
    return find(TenantKey.ORGANIZATION, organizationId).map(TenantSnapshot.Entry::view);
  }

  /** ISO 4217 code of the tenant's money. */
  public Optional<String> currencyOf(String tenantId) {
    return find(TenantKey.ID, tenantId).map(TenantSnapshot.Entry::currency);
  }

  /** Whether the first token of a person makes a user of the tenant. */
  public boolean provisionsUsers(String tenantId) {
    return find(TenantKey.ID, tenantId).filter(TenantSnapshot.Entry::provisionsUsers).isPresent();
  }

  /**
   * Under which names the gateway knows a tenant, asked of the database.
   *
   * @throws DatabaseUnavailableException when it is away
   */
  public GatewayNames gatewayNames(String tenantId) {
    return sql.gatewayNames(tenantId);
  }

  /**
   * LiteLLM's teams that the tenant has registered, asked of the database.
   *
   * @throws StoreUnavailableException when it is away
   */
  public List<String> gatewayTeams(String tenantId) {
    try {
      return gatewayNames(tenantId).teams();
    } catch (DatabaseUnavailableException e) {
      throw new StoreUnavailableException("tenants cannot be looked up now", e);
    }
  }

  /** Platform of the tenant. */
  public Optional<String> platformOf(String tenantId) {
    return find(TenantKey.ID, tenantId).map(TenantSnapshot.Entry::platformId);
  }

  /**
   * Reads all tenants now.
   *
   * @throws DatabaseUnavailableException when that cannot be done; what was known stays known
   */
  public void refresh() {
    tenants.refresh();
  }

  private Optional<TenantSnapshot.Entry> find(TenantKey kind, String key) {
    if (key == null || key.isEmpty()) {
      return Optional.empty();
    }
    Optional<TenantSnapshot.Entry> known = tenants.get().find(kind, key);
    // PostgreSQL holds no NUL, so nothing with one is registered.
    if (isReady(known) || key.indexOf('\0') >= 0) {
      return known;
    }
    // One that is being made may be ready by now.
    return misses.get(kind + " " + key, value -> true, () -> lookUp(kind, key));
  }

  private Optional<TenantSnapshot.Entry> lookUp(TenantKey kind, String key) {
    return asked(() -> sql.exists(kind, key))
        ? tenants.refresh().find(kind, key)
        : Optional.empty();
  }

  private static boolean isReady(Optional<TenantSnapshot.Entry> entry) {
    return entry.isPresent() && entry.get().view().state() != TenantView.State.NOT_READY;
  }

  /** Asks the database; for a moment after it failed, nobody waits for it again. */
  private <T> T asked(Supplier<T> question) {
    Long failed = failedAt;
    if (failed != null && System.nanoTime() - failed < OUTAGE_PAUSE.toNanos()) {
      throw new DatabaseUnavailableException("the admin database failed a moment ago", null);
    }
    try {
      T answer = question.get();
      failedAt = null;
      return answer;
    } catch (DatabaseUnavailableException e) {
      failedAt = System.nanoTime();
      throw e;
    }
  }
}
