package io.platformapi.service.audit;

import io.platformapi.service.auth.AuthAudit;
import io.platformapi.service.persistence.InAdmin;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Keeps refused attempts to act for somebody else in the platform's audit log. */
public final class RefusalAudit implements AuthAudit {
  private final InAdmin admin;
  private final AuditLog log;

  /**
   * @param log of the admin database
   */
  public RefusalAudit(InAdmin admin, AuditLog log) {
    this.admin = admin;
    this.log = log;
  }

  @Override
  public void refused(Refusal refusal) {
    Map<String, String> details = new LinkedHashMap<>();
    details.put("reason", refusal.reason().name().toLowerCase(Locale.ROOT));
    details.put("clientId", refusal.clientId());
    details.put("askedTenant", refusal.askedTenant());
    details.put("askedPlatform", refusal.askedPlatform());
    admin.transaction(
        () -> {
          log.record(
              new AuditEvent(
                  refusal.actor(),
                  AuditAction.ACCESS_REFUSED,
                  refusal.method() + " " + refusal.path(),
                  refusal.ownTenant(),
                  refusal.requestId(),
                  details));
          return null;
        });
  }
}
