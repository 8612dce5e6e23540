package io.platformapi.service.tenant;

import io.dropwizard.lifecycle.Managed;
import io.platformapi.routes.message.CallOwner;
import io.platformapi.routes.message.Invalidation;
import io.platformapi.routes.port.InvalidationListener;
import io.platformapi.routes.port.StoreUnavailableException;
import io.platformapi.routes.port.TenantDirectory;
import io.platformapi.service.auth.TenantLookup;
import io.platformapi.service.auth.TenantView;
import io.platformapi.service.concurrent.DaemonThreads;
import io.platformapi.service.persistence.DatabaseUnavailableException;
import io.platformapi.service.persistence.InAdmin;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers from memory which tenant a call or a request belongs to.
 *
 * <p>All tenants are read now and then and whenever one is said to have changed. What is not in
 * memory is looked up in the database, so that a tenant is known as soon as it is registered; the
 * same unknown key is looked up a few times a second at most. While the database is away, known
 * tenants are still known.
 */
public final class TenantDirectoryService
    implements TenantDirectory, TenantLookup, InvalidationListener, Managed {
  /** Kind of the {@link Invalidation} that says a tenant has changed. */
  public static final String KIND = "tenant";

  private static final Logger LOG = LoggerFactory.getLogger(TenantDirectoryService.class);
  private static final long MISS_PAUSE = Duration.ofMillis(250).toNanos();
  private static final long OUTAGE_PAUSE = Duration.ofSeconds(1).toNanos();
  private static final int MAX_MISSES = 10_000;

  private final TenantDirectorySql sql;
  private final Duration refresh;
  private final Map<Miss, Long> misses = new ConcurrentHashMap<>();
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(new DaemonThreads("tenant-directory"));

  private volatile TenantSnapshot snapshot = TenantSnapshot.EMPTY;
  private volatile Long failedAt;

  /**
   * @param refresh pause between two reads of all tenants
   */
  public TenantDirectoryService(InAdmin admin, Duration refresh) {
    this.sql = new TenantDirectorySql(admin);
    this.refresh = refresh;
  }

  @Override
  public void start() {
    executor.scheduleWithFixedDelay(
        this::refreshQuietly, 0, refresh.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void stop() {
    executor.shutdownNow();
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

  /** Platform of the tenant. */
  public Optional<String> platformOf(String tenantId) {
    return find(TenantKey.ID, tenantId).map(TenantSnapshot.Entry::platformId);
  }

  /** Reads anew, in the background, what is said to have changed. */
  @Override
  public void invalidated(Invalidation invalidation) {
    if (KIND.equals(invalidation.kind())) {
      misses.clear();
      executor.execute(this::refreshQuietly);
    }
  }

  /**
   * Reads all tenants now.
   *
   * @throws DatabaseUnavailableException when that cannot be done; what was known stays known
   */
  public synchronized void refresh() {
    snapshot = asked(sql::all);
    misses.clear();
  }

  private Optional<TenantSnapshot.Entry> find(TenantKey kind, String key) {
    if (key == null || key.isEmpty()) {
      return Optional.empty();
    }
    TenantSnapshot.Entry known = snapshot.find(kind, key);
    if (known != null && known.view().state() != TenantView.State.NOT_READY) {
      return Optional.of(known);
    }
    // One that is being made may be ready by now.
    return lookUp(kind, key, Optional.ofNullable(known));
  }

  private Optional<TenantSnapshot.Entry> lookUp(
      TenantKey kind, String key, Optional<TenantSnapshot.Entry> known) {
    // PostgreSQL holds no NUL, so nothing with one is registered.
    if (key.indexOf('\0') >= 0) {
      return Optional.empty();
    }
    Miss miss = new Miss(kind, key);
    Long missed = misses.get(miss);
    long now = System.nanoTime();
    if (missed != null && now - missed < MISS_PAUSE) {
      return known;
    }
    Optional<TenantSnapshot.Entry> found = Optional.empty();
    if (asked(() -> sql.exists(kind, key))) {
      refresh();
      found = Optional.ofNullable(snapshot.find(kind, key));
      if (found.isPresent() && found.get().view().state() != TenantView.State.NOT_READY) {
        return found;
      }
    }
    if (misses.size() >= MAX_MISSES) {
      misses.clear();
    }
    misses.put(miss, now);
    return found;
  }

  /** Asks the database; for a moment after it failed, nobody waits for it again. */
  private <T> T asked(Supplier<T> question) {
    Long failed = failedAt;
    if (failed != null && System.nanoTime() - failed < OUTAGE_PAUSE) {
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

  private void refreshQuietly() {
    try {
      refresh();
    } catch (RuntimeException e) {
      LOG.warn("the tenants cannot be read: {}", e.getMessage());
    }
  }

  private record Miss(TenantKey kind, String key) {}
}
