package io.platformapi.service.policy;

import io.platformapi.service.audit.AuditAction;
import io.platformapi.service.audit.AuditEvent;
import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.http.Idempotency;
import io.platformapi.service.outbox.OutboxEvent;
import io.platformapi.service.outbox.OutboxWriter;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.persistence.SqlWork;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.function.Supplier;
import org.hibernate.SessionFactory;

/**
 * How every change of a tenant's policy is made: one at a time, in one transaction with its audit
 * row and its event, and in force on this node when the call returns.
 */
final class PolicyStore {
  private final InTenant inTenant;
  private final SessionFactory sessions;
  private final PolicyChanges changes;
  private final AuditLog audit;
  private final OutboxWriter outbox;
  private final Idempotency idempotency;
  private final Clock clock;
  private final PolicyVersionSql version = new PolicyVersionSql();

  /**
   * @param sessions the tenants' session factory; audit, outbox and idempotency are built on it too
   */
  PolicyStore(
      InTenant inTenant,
      SessionFactory sessions,
      PolicyChanges changes,
      AuditLog audit,
      OutboxWriter outbox,
      Idempotency idempotency,
      Clock clock) {
    this.inTenant = inTenant;
    this.sessions = sessions;
    this.changes = changes;
    this.audit = audit;
    this.outbox = outbox;
    this.idempotency = idempotency;
    this.clock = clock;
  }

  /** Reads what is stored now, past every cache. */
  <T> T read(String tenantId, SqlWork<T> work) {
    return inTenant.sql(tenantId, work);
  }

  /**
   * Does the work while nobody else changes the tenant's policy.
   *
   * @param work reads, checks, writes; its answer is stored for a repeated request
   */
  Response change(PolicyChange change, Supplier<Response> work) {
    return changes.around(
        change.tenant(),
        () ->
            inTenant.transaction(
                change.tenant(),
                () ->
                    idempotency.once(
                        change.idempotent(),
                        () -> {
                          run(version::lock);
                          return work.get();
                        })));
  }

  /** In the transaction of a change. */
  <T> T sql(SqlWork<T> work) {
    return sessions.getCurrentSession().doReturningWork(work::run);
  }

  /** In the transaction of a change. */
  void run(SqlStep step) {
    sessions.getCurrentSession().doWork(step::run);
  }

  /** The tenant's next policy version, in the transaction of a change. */
  long raise() {
    return sql(version::raise);
  }

  /** As PostgreSQL keeps it. */
  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  /**
   * Records a change and tells it to others.
   *
   * @param target type and id of what was changed
   * @param details before and after, for the audit
   * @param event payload of the event, whose type is the action's code
   */
  void record(
      PolicyChange change,
      AuditAction action,
      String target,
      Map<String, ?> details,
      Object event) {
    audit.record(
        new AuditEvent(
            change.caller().subject(),
            action,
            target,
            change.tenant(),
            change.caller().requestId(),
            details));
    outbox.write(
        new OutboxEvent(
            action.code(),
            change.tenant(),
            change.caller().platformId(),
            change.caller().requestId(),
            change.caller().subject(),
            event));
  }

  /** SQL that gives nothing back. */
  @FunctionalInterface
  interface SqlStep {
    void run(java.sql.Connection connection) throws java.sql.SQLException;
  }
}
