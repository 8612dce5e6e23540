package io.platformapi.service.tenant;

import io.platformapi.service.audit.AuditAction;
import io.platformapi.service.audit.AuditEvent;
import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.outbox.OutboxEvent;
import io.platformapi.service.outbox.OutboxWriter;
import io.platformapi.service.persistence.DatabaseAddress;
import io.platformapi.service.persistence.DatabaseUnavailableException;
import io.platformapi.service.persistence.InAdmin;
import io.platformapi.service.persistence.MaintenanceSession;
import io.platformapi.service.persistence.SqlFailure;
import io.platformapi.service.persistence.TenantConnectionPool;
import io.platformapi.service.persistence.TenantServers;
import io.platformapi.service.persistence.TenantTemplate;
import io.platformapi.service.problem.UnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries a registered tenant to an active one, from wherever an earlier attempt stopped.
 *
 * <p>One session at a time works on a tenant: it holds a lock by the database's name, which
 * PostgreSQL releases when its node dies.
 */
public final class TenantProvisioner {
  private static final Logger LOG = LoggerFactory.getLogger(TenantProvisioner.class);
  private static final int MAX_ATTEMPTS = 3;
  private static final int AT_ONCE = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final InAdmin admin;
  private final TenantDao tenants;
  private final TenantDatabaseDao databases;
  private final TenantServers servers;
  private final TenantConnectionPool pool;
  private final TenantTemplate template;
  private final AuditLog audit;
  private final OutboxWriter outbox;
  private final Clock clock;
  private final Consumer<String> changed;
  private final Consumer<String> planned;
  private final ProvisioningStep.Listener listener;
  private final Semaphore places = new Semaphore(AT_ONCE, true);

  TenantProvisioner(
      InAdmin admin,
      TenantDao tenants,
      TenantDatabaseDao databases,
      TenantServers servers,
      TenantConnectionPool pool,
      TenantTemplate template,
      AuditLog audit,
      OutboxWriter outbox,
      Clock clock,
      Consumer<String> changed,
      Consumer<String> planned,
      ProvisioningStep.Listener listener) {
    this.admin = admin;
    this.tenants = tenants;
    this.databases = databases;
    this.servers = servers;
    this.pool = pool;
    this.template = template;
    this.audit = audit;
    this.outbox = outbox;
    this.clock = clock;
    this.changed = changed;
    this.planned = planned;
    this.listener = listener;
  }

  /**
   * Makes the tenant active, or returns at once when it is no longer being created.
   *
   * @param finish called in the transaction that made the tenant active, whoever did so
   * @throws DatabaseUnavailableException when a database cannot be used now: the creation goes on
   *     later
   */
  <T> T provision(DatabaseAddress address, String tenantId, Consumer<Tenant> finish, Result<T> to) {
    if (!enter()) {
      throw new UnavailableException("too many tenants are being created", Duration.ofSeconds(2));
    }
    try (MaintenanceSession session = new MaintenanceSession(servers, pool, address.server())) {
      session.lock(address.name());
      listener.passed(ProvisioningStep.CLAIMED, tenantId);
      work(session, address, tenantId);
      return admin.transaction(
          () -> {
            Tenant tenant = tenants.lock(tenantId).orElseThrow();
            activate(tenant, address);
            finish.accept(tenant);
            listener.passed(ProvisioningStep.ACTIVATING, tenantId);
            return to.of(tenant.details());
          });
    } finally {
      places.release();
    }
  }

  /** Goes on with a creation that stopped; does nothing when another node is at it. */
  void resume(String tenantId) {
    Optional<DatabaseAddress> address =
        admin.read(
            () ->
                databases
                    .find(tenantId)
                    .filter(TenantDatabase::isCreating)
                    .map(TenantDatabase::address));
    if (address.isPresent()) {
      provision(address.get(), tenantId, tenant -> {}, details -> details);
      announce(tenantId);
    }
  }

  /** The tenant is active; to be called after the transaction. */
  void announce(String tenantId) {
    listener.passed(ProvisioningStep.ACTIVATED, tenantId);
    planned.accept(tenantId);
  }

  private boolean enter() {
    try {
      return places.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void work(MaintenanceSession session, DatabaseAddress address, String tenantId) {
    // Read only now: before the lock another node may have finished or given up.
    boolean creating =
        admin.read(
            () ->
                databases
                    .find(tenantId)
                    .filter(row -> row.isCreating() && row.address().equals(address))
                    .isPresent());
    if (!creating) {
      return;
    }
    try {
      create(session, address);
    } catch (SqlFailure e) {
      giveUpWhenHopeless(session, address, tenantId, e);
      throw new DatabaseUnavailableException("the database of the tenant cannot be made now", e);
    }
    listener.passed(ProvisioningStep.DATABASE_CREATED, tenantId);
  }

  private void create(MaintenanceSession session, DatabaseAddress address) {
    template.ensure(address.server(), session);
    try {
      session.create(address.name(), template.name());
    } catch (DatabaseUnavailableException e) {
      // Most likely a newer node took the old template away.
      template.forget(address.server());
      template.ensure(address.server(), session);
      session.create(address.name(), template.name());
    }
  }

  private void activate(Tenant tenant, DatabaseAddress address) {
    TenantDatabase database = databases.lock(tenant.id()).orElseThrow();
    if (!database.isCreating()) {
      if (tenant.state() == TenantState.FAILED || !database.address().equals(address)) {
        throw new DatabaseUnavailableException("the tenant could not be created", null);
      }
      return;
    }
    Instant now = clock.instant();
    database.ready(template.version(), now);
    tenant.become(TenantState.ACTIVE, now);
    TenantDetails details = tenant.details();
    changed.accept(details.id());
    record(AuditAction.TENANT_CREATED, database, details, Map.of("plan", details.plan()));
    outbox.write(
        new OutboxEvent(
            "tenant.created",
            details.id(),
            details.platformId(),
            database.requestId(),
            database.actor(),
            new Told(details.id(), details.org(), details.plan())));
  }

  private void giveUpWhenHopeless(
      MaintenanceSession session, DatabaseAddress address, String tenantId, SqlFailure failure) {
    LOG.error("the database of tenant {} could not be made", tenantId, failure);
    boolean hopeless =
        admin.transaction(
            () -> {
              TenantDatabase database = databases.lock(tenantId).orElseThrow();
              database.attemptFailed(failure.getMessage(), clock.instant());
              return database.attempts() >= MAX_ATTEMPTS;
            });
    if (!hopeless) {
      return;
    }
    // First the database, then the row: cut off in between, the next attempt begins anew.
    session.drop(address.name());
    admin.transaction(
        () -> {
          Tenant tenant = tenants.lock(tenantId).orElseThrow();
          TenantDatabase database = databases.lock(tenantId).orElseThrow();
          database.failed(clock.instant());
          tenant.become(TenantState.FAILED, clock.instant());
          record(
              AuditAction.TENANT_FAILED,
              database,
              tenant.details(),
              Map.of("sqlState", String.valueOf(failure.sqlState())));
          changed.accept(tenantId);
          return null;
        });
  }

  private void record(
      AuditAction action, TenantDatabase database, TenantDetails tenant, Map<String, ?> details) {
    audit.record(
        new AuditEvent(
            database.actor(),
            action,
            "tenant/" + tenant.id(),
            tenant.id(),
            database.requestId(),
            details));
  }

  /** What is made of an active tenant inside its transaction. */
  @FunctionalInterface
  interface Result<T> {
    T of(TenantDetails tenant);
  }

  /** Payload of {@code tenant.created} and {@code tenant.updated}. */
  record Told(String id, String org, String plan) {}
}
