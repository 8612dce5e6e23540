package io.platformapi.service.tenant;

import io.platformapi.service.audit.AuditAction;
import io.platformapi.service.audit.AuditEvent;
import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.http.Idempotency;
import io.platformapi.service.outbox.OutboxEvent;
import io.platformapi.service.outbox.OutboxWriter;
import io.platformapi.service.persistence.InAdmin;
import io.platformapi.service.problem.ConflictException;
import io.platformapi.service.problem.ResourceNotFoundException;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/** Changes registrations of tenants that are there. */
final class TenantEditor {
  private final InAdmin admin;
  private final TenantDao tenants;
  private final AuditLog audit;
  private final OutboxWriter outbox;
  private final Idempotency idempotency;
  private final Clock clock;
  private final Consumer<String> changed;
  private final Consumer<String> planned;
  private final NewTenantRules rules = new NewTenantRules();

  /**
   * @param changed called in the transaction
   * @param planned called after it
   */
  TenantEditor(
      InAdmin admin,
      TenantDao tenants,
      AuditLog audit,
      OutboxWriter outbox,
      Idempotency idempotency,
      Clock clock,
      Consumer<String> changed,
      Consumer<String> planned) {
    this.admin = admin;
    this.tenants = tenants;
    this.audit = audit;
    this.outbox = outbox;
    this.idempotency = idempotency;
    this.clock = clock;
    this.changed = changed;
    this.planned = planned;
  }

  Response patch(
      String id, TenantPatch patch, TenantChange change, Function<TenantDetails, Response> answer) {
    String plan = rules.plan(patch);
    Response response =
        admin.transaction(
            () -> idempotency.once(change.key(), () -> answer.apply(changePlan(id, plan, change))));
    planned.accept(id);
    return response;
  }

  private TenantDetails changePlan(String id, String plan, TenantChange change) {
    Tenant tenant = tenants.lock(id).orElseThrow(() -> new ResourceNotFoundException("tenant"));
    TenantDetails before = tenant.details();
    change.access().checkPresent("tenant", TenantService.view(id, before.plan(), before.state()));
    change.precondition().accept(before.version());
    change.access().checkWanted(TenantService.view(id, plan, before.state()));
    if (before.state() != TenantState.ACTIVE && before.state() != TenantState.SUSPENDED) {
      throw new ConflictException("the tenant is " + before.state().code());
    }
    if (plan.equals(before.plan())) {
      return before;
    }
    tenant.changePlan(plan, clock.instant());
    tenants.flush();
    TenantDetails after = tenant.details();
    changed.accept(id);
    audit.record(
        new AuditEvent(
            change.actor(),
            AuditAction.TENANT_UPDATED,
            "tenant/" + id,
            id,
            change.requestId(),
            Map.of("plan", Map.of("before", before.plan(), "after", plan))));
    outbox.write(
        new OutboxEvent(
            "tenant.updated",
            id,
            after.platformId(),
            change.requestId(),
            change.actor(),
            new TenantProvisioner.Told(id, after.org(), plan)));
    return after;
  }
}
