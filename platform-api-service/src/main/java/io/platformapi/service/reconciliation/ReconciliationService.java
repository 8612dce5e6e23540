package io.platformapi.service.reconciliation;

import io.platformapi.service.audit.AuditAction;
import io.platformapi.service.audit.AuditEvent;
import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.http.Uuid7;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.persistence.SqlWork;
import io.platformapi.service.problem.ConflictException;
import io.platformapi.service.problem.ResourceNotFoundException;
import io.platformapi.service.problem.ValidationException;
import io.platformapi.service.usage.AdjustmentStore;
import io.platformapi.service.usage.StaleAdjustmentException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/** Starts runs, and decides on what they propose. */
public final class ReconciliationService {
  private static final Duration FIRST = Duration.ofHours(24);

  private final InTenant inTenant;
  private final AuditLog audit;
  private final AdjustmentStore adjustments;
  private final Consumer<String> started;
  private final Clock clock;

  /**
   * @param audit of the tenants' databases
   * @param started told the tenant of a run after its commit
   */
  public ReconciliationService(
      InTenant inTenant,
      AuditLog audit,
      AdjustmentStore adjustments,
      Consumer<String> started,
      Clock clock) {
    this.inTenant = inTenant;
    this.audit = audit;
    this.adjustments = adjustments;
    this.started = started;
    this.clock = clock;
  }

  public ReconciliationPolicy policy(String tenantId) {
    return inTenant.sql(tenantId, PolicySql::read);
  }

  /**
   * Starts a run; it goes on by itself. May be called within a transaction of the tenant.
   *
   * @throws ValidationException when there is nothing in the window that has settled
   * @throws ConflictException when another run of the tenant is not over
   */
  public ReconciliationRun start(String tenantId, NewRun wanted) {
    return inTenant.transaction(
        tenantId,
        () -> {
          ReconciliationRun run = inTenant.sql(tenantId, connection -> insert(connection, wanted));
          record(
              AuditAction.RECONCILIATION_STARTED,
              tenantId,
              run.id(),
              null,
              wanted.requestedBy(),
              wanted.requestId(),
              Map.of(
                  "from", run.from().toString(),
                  "to", run.to().toString(),
                  "trigger", run.trigger().wire()));
          inTenant.afterCommit(() -> started.accept(tenantId));
          return run;
        });
  }

  private ReconciliationRun insert(Connection connection, NewRun wanted) throws SQLException {
    Instant now = clock.instant();
    Instant settled =
        now.minus(PolicySql.read(connection).settleAfter()).truncatedTo(ChronoUnit.SECONDS);
    Instant from =
        wanted.from() == null
            ? StartSql.lastCovered(connection).orElse(settled.minus(FIRST))
            : wanted.from().truncatedTo(ChronoUnit.SECONDS);
    Instant to = wanted.to() == null ? settled : wanted.to().truncatedTo(ChronoUnit.SECONDS);
    if (!from.isBefore(settled)) {
      throw new ValidationException(
          "from", "must be earlier: calls are compared when they have settled");
    }
    if (!from.isBefore(to)) {
      throw new ValidationException("to", "must be at least a second after from");
    }
    UUID id = Uuid7.next();
    Instant covered = to.isBefore(settled) ? to : settled;
    if (!StartSql.insert(connection, id, from, to, covered, wanted, now)) {
      throw new ConflictException("another reconciliation of the tenant is not over");
    }
    return RunSql.find(connection, id).orElseThrow();
  }

  /**
   * Starts the run of a tenant whose time has come.
   *
   * @param every how much must have settled since the last run
   * @return whether it did
   */
  public boolean startDue(String tenantId, Duration every) {
    boolean due =
        inTenant.sql(
            tenantId,
            connection -> {
              ReconciliationPolicy policy = PolicySql.read(connection);
              Instant settled = clock.instant().minus(policy.settleAfter());
              return policy.enabled()
                  && StartSql.lastCovered(connection)
                      .map(last -> !last.plus(every).isAfter(settled))
                      .orElse(true);
            });
    if (due) {
      try {
        start(tenantId, new NewRun(null, null, RunTrigger.SCHEDULE, "reconciliation", null));
      } catch (ConflictException e) {
        // Another node was faster.
        return true;
      }
    }
    return due;
  }

  /**
   * Posts a proposed adjustment. Must not be called within a transaction: what is posted may have
   * to be tried again.
   *
   * @param actor subject of the caller
   * @throws ResourceNotFoundException without such an item
   * @throws ConflictException when it is not proposed, or its call has changed since
   */
  public ReconciliationItem approve(
      String tenantId, UUID run, UUID item, String actor, String requestId) {
    Instant now = clock.instant();
    DueSql.Due due =
        inTenant.sql(
            tenantId,
            connection -> {
              mustBeProposed(find(connection, run, item));
              return DueSql.isStale(connection, run, item, now)
                  ? null
                  : DueSql.one(connection, run, item);
            });
    if (due == null) {
      throw changed();
    }
    try {
      adjustments.post(
          tenantId,
          due.adjustment(),
          new AdjustmentStore.Transaction() {
            @Override
            public <T> T run(String tenant, SqlWork<T> work) {
              return inTenant.transaction(
                  tenant,
                  () -> {
                    T done = inTenant.sql(tenant, work);
                    record(
                        AuditAction.RECONCILIATION_ITEM_APPROVED,
                        tenant,
                        run,
                        item,
                        actor,
                        requestId,
                        Map.of());
                    return done;
                  });
            }
          },
          (connection, batch) -> {
            if (DueSql.posted(
                    connection, due, ItemStatus.PROPOSED, ItemStatus.APPROVED, batch, actor, now)
                == 0) {
              throw new StaleAdjustmentException();
            }
          });
    } catch (StaleAdjustmentException e) {
      throw changed();
    }
    return inTenant.sql(tenantId, connection -> find(connection, run, item));
  }

  /**
   * Leaves the ledger as it is. May be called within a transaction of the tenant.
   *
   * @param actor subject of the caller
   * @throws ResourceNotFoundException without such an item
   * @throws ConflictException when it is not proposed
   */
  public ReconciliationItem reject(
      String tenantId, UUID run, UUID item, String actor, String requestId) {
    return inTenant.transaction(
        tenantId,
        () -> {
          ReconciliationItem rejected =
              inTenant.sql(
                  tenantId,
                  connection -> {
                    find(connection, run, item);
                    if (!StartSql.reject(connection, run, item, actor, clock.instant())) {
                      throw notProposed();
                    }
                    return find(connection, run, item);
                  });
          record(
              AuditAction.RECONCILIATION_ITEM_REJECTED,
              tenantId,
              run,
              item,
              actor,
              requestId,
              Map.of());
          return rejected;
        });
  }

  private static ReconciliationItem find(Connection connection, UUID run, UUID item)
      throws SQLException {
    return ItemSql.find(connection, run, item)
        .orElseThrow(() -> new ResourceNotFoundException("item"));
  }

  private static void mustBeProposed(ReconciliationItem item) {
    if (item.status() != ItemStatus.PROPOSED) {
      throw notProposed();
    }
  }

  private static ConflictException notProposed() {
    return new ConflictException("the item does not wait for a decision");
  }

  private static ConflictException changed() {
    return new ConflictException("the call has changed since the adjustment was proposed");
  }

  private void record(
      AuditAction action,
      String tenantId,
      UUID run,
      UUID item,
      String actor,
      String requestId,
      Map<String, ?> details) {
    String target = "reconciliation/" + run + (item == null ? "" : "/item/" + item);
    audit.record(new AuditEvent(actor, action, target, tenantId, requestId, details));
  }
}
