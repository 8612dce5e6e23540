package io.platformapi.service.tenant;

import io.platformapi.service.audit.AuditAction;
import io.platformapi.service.audit.AuditEvent;
import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.http.Idempotency;
import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.outbox.OutboxEvent;
import io.platformapi.service.outbox.OutboxWriter;
import io.platformapi.service.persistence.DatabaseAddress;
import io.platformapi.service.persistence.DatabaseUnavailableException;
import io.platformapi.service.persistence.InAdmin;
import io.platformapi.service.persistence.MaintenanceSession;
import io.platformapi.service.persistence.SqlFailure;
import io.platformapi.service.persistence.SqlPart;
import io.platformapi.service.persistence.TenantConnectionPool;
import io.platformapi.service.persistence.TenantServers;
import io.platformapi.service.persistence.TenantTemplate;
import io.platformapi.service.problem.UnavailableException;
import io.platformapi.service.tenant.CreationDao.Creation;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
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
  private final CreationDao creations;
  private final TenantServers servers;
  private final TenantConnectionPool pool;
  private final TenantTemplate template;
  private final AuditLog audit;
  private final OutboxWriter outbox;
  private final Idempotency idempotency;
  private final Clock clock;
  private final Consumer<String> changed;
  private final Consumer<String> planned;
  private final ProvisioningStep.Listener listener;
  private final Semaphore places = new Semaphore(AT_ONCE, true);

  TenantProvisioner(
      InAdmin admin,
      TenantDao tenants,
      TenantDatabaseDao databases,
      CreationDao creations,
      TenantServers servers,
      TenantConnectionPool pool,
      TenantTemplate template,
      AuditLog audit,
      OutboxWriter outbox,
      Idempotency idempotency,
      Clock clock,
      Consumer<String> changed,
      Consumer<String> planned,
      ProvisioningStep.Listener listener) {
    this.admin = admin;
    this.tenants = tenants;
    this.databases = databases;
    this.creations = creations;
    this.servers = servers;
    this.pool = pool;
    this.template = template;
    this.audit = audit;
    this.outbox = outbox;
    this.idempotency = idempotency;
    this.clock = clock;
    this.changed = changed;
    this.planned = planned;
    this.listener = listener;
  }

  /**
   * Makes the tenant active, or returns at once when it is so already.
   *
   * @param key of the request, if it gave one: the answer is kept under it with the last change
   * @param answer made of the active tenant
   * @throws DatabaseUnavailableException when a database cannot be used now: the creation goes on
   *     later
   */
  Response provision(
      DatabaseAddress address,
      String tenantId,
      Optional<IdempotentRequest> key,
      Function<TenantDetails, Response> answer) {
    if (!enter()) {
      throw new UnavailableException("too many tenants are being created", Duration.ofSeconds(2));
    }
    try (MaintenanceSession session =
        MaintenanceSession.locked(servers, pool, address.server(), address.name())) {
      listener.passed(ProvisioningStep.CLAIMED, tenantId);
      // Read only now: before the lock another node may have finished or given up.
      Optional<Creation> creation = admin.read(() -> creations.find(tenantId, address));
      creation.ifPresent(found -> make(session, found));
      return admin.transaction(
          () -> {
            Response response =
                creation.isPresent()
                    ? activate(creation.get(), key, answer)
                    : answerAgain(tenantId, address, key, answer);
            listener.passed(ProvisioningStep.ACTIVATING, tenantId);
            return response;
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
      provision(address.get(), tenantId, Optional.empty(), active -> null);
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

  private void make(MaintenanceSession session, Creation creation) {
    String tenantId = creation.tenant().id();
    try {
      create(session, creation.address());
    } catch (SqlFailure e) {
      giveUpWhenHopeless(session, creation.address(), tenantId, e);
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

  private Response activate(
      Creation creation,
      Optional<IdempotentRequest> key,
      Function<TenantDetails, Response> answer) {
    TenantDetails active = creation.tenant().become(TenantState.ACTIVE, clock.instant());
    Response response = answer.apply(active);
    List<SqlPart> told = new ArrayList<>();
    told.add(
        audit.part(
            new AuditEvent(
                creation.actor(),
                AuditAction.TENANT_CREATED,
                "tenant/" + active.id(),
                active.id(),
                creation.requestId(),
                Map.of("plan", active.plan()))));
    told.add(
        outbox.part(
            new OutboxEvent(
                "tenant.created",
                active.id(),
                active.platformId(),
                creation.requestId(),
                creation.actor(),
                new Told(active.id(), active.org(), active.plan()))));
    key.flatMap(request -> idempotency.completion(request, response)).ifPresent(told::add);
    if (!creations.activate(creation, active, template.version(), told)) {
      throw new DatabaseUnavailableException("the tenant was changed while it was created", null);
    }
    changed.accept(active.id());
    return response;
  }

  /** Somebody else has ended the creation before this request could go on with it. */
  private Response answerAgain(
      String tenantId,
      DatabaseAddress address,
      Optional<IdempotentRequest> key,
      Function<TenantDetails, Response> answer) {
    Tenant tenant = tenants.lock(tenantId).orElseThrow();
    TenantDatabase database = databases.find(tenantId).orElseThrow();
    if (!database.isReady() || !database.address().equals(address)) {
      throw new DatabaseUnavailableException("the tenant could not be created", null);
    }
    Response response = answer.apply(tenant.details());
    key.ifPresent(request -> idempotency.complete(request, response));
    return response;
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
          audit.record(
              new AuditEvent(
                  database.actor(),
                  AuditAction.TENANT_FAILED,
                  "tenant/" + tenantId,
                  tenantId,
                  database.requestId(),
                  Map.of("sqlState", String.valueOf(failure.sqlState()))));
          changed.accept(tenantId);
          return null;
        });
  }

  /** Payload of {@code tenant.created} and {@code tenant.updated}. */
  record Told(String id, String org, String plan) {}
}
