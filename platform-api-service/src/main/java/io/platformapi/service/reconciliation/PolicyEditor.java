package io.platformapi.service.reconciliation;

import io.platformapi.service.audit.AuditAction;
import io.platformapi.service.audit.AuditEvent;
import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.http.Idempotency;
import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.outbox.OutboxEvent;
import io.platformapi.service.outbox.OutboxWriter;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.persistence.SqlWork;
import io.platformapi.service.usage.LedgerTenant;
import io.platformapi.service.usage.LedgerTenants;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import org.hibernate.SessionFactory;

/** Reads a tenant's policy and changes it, each change with its audit row and its event. */
public final class PolicyEditor {
  private final InTenant inTenant;
  private final SessionFactory sessions;
  private final LedgerTenants tenants;
  private final AuditLog audit;
  private final OutboxWriter outbox;
  private final Idempotency idempotency;

  /**
   * @param sessions the tenants' session factory; audit, outbox and idempotency are built on it too
   */
  PolicyEditor(
      InTenant inTenant,
      SessionFactory sessions,
      LedgerTenants tenants,
      AuditLog audit,
      OutboxWriter outbox,
      Idempotency idempotency) {
    this.inTenant = inTenant;
    this.sessions = sessions;
    this.tenants = tenants;
    this.audit = audit;
    this.outbox = outbox;
    this.idempotency = idempotency;
  }

  /**
   * A request for a change.
   *
   * @param idempotent its Idempotency-Key, or empty
   * @param precondition called with the version that is there; refuses by throwing
   */
  record Change(
      String tenantId,
      String actor,
      String requestId,
      Optional<IdempotentRequest> idempotent,
      LongConsumer precondition) {}

  ReconciliationPolicyDetails get(String tenantId) {
    String currency = tenants.get(tenantId).currency();
    return ReconciliationPolicyDetails.of(inTenant.sql(tenantId, PolicySql::read), currency);
  }

  /**
   * Puts a policy in the place of the present one; the same again changes nothing.
   *
   * @param answer makes the answer, which is stored for a repeated request
   * @throws io.platformapi.service.problem.ValidationException that names every broken rule
   */
  Response replace(
      Change change,
      NewReconciliationPolicy wanted,
      Function<ReconciliationPolicyDetails, Response> answer) {
    LedgerTenant tenant = tenants.get(change.tenantId);
    ReconciliationPolicy checked = PolicyRules.check(wanted, tenant.currency(), 0);
    return inTenant.transaction(
        tenant.id(),
        () ->
            idempotency.once(
                change.idempotent, () -> answer.apply(change(change, tenant, present -> checked))));
  }

  /**
   * Lets the schedule start runs of a tenant, or keeps it from that, on every node.
   *
   * @param actor who wants it
   * @param requestId correlation id, or null
   */
  public ReconciliationPolicyDetails schedule(
      String tenantId, boolean on, String actor, String requestId) {
    LedgerTenant tenant = tenants.get(tenantId);
    Change change = new Change(tenantId, actor, requestId, Optional.empty(), version -> {});
    return inTenant.transaction(
        tenantId,
        () ->
            change(
                change,
                tenant,
                present ->
                    new ReconciliationPolicy(
                        on,
                        present.toleranceNanos(),
                        present.tolerancePpm(),
                        present.settleAfter(),
                        present.pushLimits(),
                        present.actions(),
                        0)));
  }

  private ReconciliationPolicyDetails change(
      Change change, LedgerTenant tenant, UnaryOperator<ReconciliationPolicy> wanted) {
    sql(
        connection -> {
          PolicyWriteSql.lock(connection);
          return null;
        });
    ReconciliationPolicy before = sql(PolicySql::read);
    change.precondition.accept(before.version());
    ReconciliationPolicy same = versioned(wanted.apply(before), before.version());
    if (same.equals(before)) {
      return ReconciliationPolicyDetails.of(before, tenant.currency());
    }
    ReconciliationPolicy after = versioned(same, before.version() + 1);
    sql(
        connection -> {
          PolicyWriteSql.write(connection, after);
          return null;
        });
    ReconciliationPolicyDetails is = ReconciliationPolicyDetails.of(after, tenant.currency());
    audit.record(
        new AuditEvent(
            change.actor,
            AuditAction.RECONCILIATION_POLICY_UPDATED,
            "reconciliations/policy",
            tenant.id(),
            change.requestId,
            Map.of(
                "before", ReconciliationPolicyDetails.of(before, tenant.currency()), "after", is)));
    outbox.write(
        new OutboxEvent(
            AuditAction.RECONCILIATION_POLICY_UPDATED.code(),
            tenant.id(),
            tenant.platformId(),
            change.requestId,
            change.actor,
            is));
    return is;
  }

  private static ReconciliationPolicy versioned(ReconciliationPolicy policy, long version) {
    return new ReconciliationPolicy(
        policy.enabled(),
        policy.toleranceNanos(),
        policy.tolerancePpm(),
        policy.settleAfter(),
        policy.pushLimits(),
        policy.actions(),
        version);
  }

  private <T> T sql(SqlWork<T> work) {
    return sessions.getCurrentSession().doReturningWork(work::run);
  }
}
