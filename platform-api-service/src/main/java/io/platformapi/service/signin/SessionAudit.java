package io.platformapi.service.signin;

import io.platformapi.service.audit.AttemptLog;
import io.platformapi.service.audit.AuditAction;
import io.platformapi.service.audit.AuditEvent;
import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.TenantLookup;
import io.platformapi.service.auth.TenantView;
import io.platformapi.service.persistence.InAdmin;
import java.util.LinkedHashMap;
import java.util.Map;

/** Keeps what happens to sessions in the platform's audit log; never a code, state or token. */
final class SessionAudit {
  private static final String NOBODY = "anonymous";

  private final InAdmin admin;
  private final AuditLog log;
  private final AttemptLog attempts;
  private final TenantLookup tenants;

  SessionAudit(InAdmin admin, AuditLog log, AttemptLog attempts, TenantLookup tenants) {
    this.admin = admin;
    this.log = log;
    this.attempts = attempts;
    this.tenants = tenants;
  }

  void granted(
      AuditAction action, String subject, String organizationId, String scope, RequestTrace trace) {
    Map<String, String> details = new LinkedHashMap<>();
    details.put("organizationId", organizationId);
    details.put("scope", scope);
    AuditEvent event = event(action, subject, organizationId, details, trace);
    admin.transaction(
        () -> {
          log.record(event);
          return null;
        });
  }

  /**
   * @param reason a code of ours or of the issuer
   */
  void refused(AuditAction action, String organizationId, String reason, RequestTrace trace) {
    Map<String, String> details = new LinkedHashMap<>();
    details.put("organizationId", organizationId);
    details.put("reason", reason);
    attempts.keep(event(action, NOBODY, organizationId, details, trace));
  }

  /** Inside a transaction of the admin database. */
  void signedOut(Caller caller, RequestTrace trace) {
    Map<String, String> details = new LinkedHashMap<>();
    details.put("clientId", caller.clientId());
    log.record(
        new AuditEvent(
            caller.actor(),
            AuditAction.SIGNED_OUT,
            "session/" + caller.subject(),
            caller.tenant(),
            trace.requestId(),
            details));
  }

  private AuditEvent event(
      AuditAction action,
      String actor,
      String organizationId,
      Map<String, String> details,
      RequestTrace trace) {
    String tenant =
        organizationId == null
            ? null
            : tenants.byOrganization(organizationId).map(TenantView::id).orElse(null);
    return new AuditEvent(actor, action, "session/" + actor, tenant, trace.requestId(), details);
  }
}
