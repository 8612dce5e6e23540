package io.platformapi.service.quota;

import io.platformapi.service.audit.AuditAction;
import io.platformapi.service.audit.AuditEvent;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.usage.LedgerTenant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** What the audit log says of a change of limits. */
final class QuotaAudit {
  private QuotaAudit() {}

  /**
   * @param actor who has changed them
   * @param requestId or null
   */
  static AuditEvent event(
      String actor,
      String requestId,
      LedgerTenant tenant,
      long version,
      QuotaSet before,
      QuotaSet after) {
    QuotaDiff diff = QuotaDiff.of(before.quotas(), after.quotas());
    return new AuditEvent(
        actor,
        AuditAction.QUOTA_CHANGED,
        "quotas/" + tenant.id(),
        tenant.id(),
        requestId,
        Map.of(
            "version",
            version,
            "removed",
            definitions(before, diff.removed(), tenant),
            "added",
            definitions(after, diff.added(), tenant),
            "changed",
            diff.changed().stream()
                .map(
                    change ->
                        Map.of(
                            "before",
                            definition(before, change.before(), tenant),
                            "after",
                            definition(after, change.after(), tenant)))
                .toList(),
            "failMode",
            Map.of("before", before.failMode().wire(), "after", after.failMode().wire())));
  }

  static List<QuotaDefinition> definitions(
      QuotaSet set, Collection<Quota> quotas, LedgerTenant tenant) {
    return quotas.stream().map(quota -> definition(set, quota, tenant)).toList();
  }

  private static QuotaDefinition definition(QuotaSet set, Quota quota, LedgerTenant tenant) {
    return QuotaDefinition.of(quota, set.origin(quota), tenant.currency());
  }
}
