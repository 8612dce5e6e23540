package io.platformapi.service.quota;

import io.platformapi.service.audit.AuditAction;
import io.platformapi.service.audit.AuditEvent;
import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.http.Cursor;
import io.platformapi.service.http.Idempotency;
import io.platformapi.service.http.Money;
import io.platformapi.service.http.Page;
import io.platformapi.service.http.PageRequest;
import io.platformapi.service.outbox.OutboxEvent;
import io.platformapi.service.outbox.OutboxWriter;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.persistence.SqlWork;
import io.platformapi.service.quota.engine.FailMode;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaMode;
import io.platformapi.service.quota.engine.QuotaSelector;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.WindowKind;
import io.platformapi.service.usage.LedgerScope;
import io.platformapi.service.usage.LedgerTenant;
import io.platformapi.service.usage.LedgerTenants;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.hibernate.SessionFactory;

/** A tenant's limits: read in pages, replaced as a whole. */
public final class QuotaService {
  static final String LIST = "quotas";

  private static final QuotaWindow MONTH = QuotaWindow.of(WindowKind.MONTH);

  private final QuotaChanges changes;
  private final InTenant inTenant;
  private final SessionFactory sessions;
  private final LedgerTenants tenants;
  private final AuditLog audit;
  private final OutboxWriter outbox;
  private final Idempotency idempotency;
  private final Clock clock;
  private final QuotaSql quotas = new QuotaSql();
  private final UsageSql usage = new UsageSql();

  /**
   * @param changes told of every change
   * @param sessions the tenants' session factory; audit, outbox and idempotency are built on it too
   */
  public QuotaService(
      QuotaChanges changes,
      InTenant inTenant,
      SessionFactory sessions,
      LedgerTenants tenants,
      AuditLog audit,
      OutboxWriter outbox,
      Idempotency idempotency,
      Clock clock) {
    this.changes = changes;
    this.inTenant = inTenant;
    this.sessions = sessions;
    this.tenants = tenants;
    this.audit = audit;
    this.outbox = outbox;
    this.idempotency = idempotency;
    this.clock = clock;
  }

  VersionedQuotas list(String tenantId, PageRequest page) {
    String currency = tenants.get(tenantId).currency();
    UUID after = page.after().map(cursor -> cursor.uuid(0)).orElse(null);
    QuotaSet set =
        inTenant.sql(tenantId, connection -> quotas.read(connection, after, page.rowsToRead()));
    Page<Quota> found = Page.of(set.quotas(), page, quota -> Cursor.of(LIST, quota.id()));
    return new VersionedQuotas(
        set.version(),
        QuotaPage.of(set.failMode(), found.map(quota -> QuotaDefinition.of(quota, currency))));
  }

  /**
   * Puts a set of limits in the place of the tenant's present one. A limit that stays keeps its id;
   * a set that says what is there already changes nothing.
   *
   * @param answer makes the answer, which is stored for a repeated request
   * @throws io.platformapi.service.problem.ValidationException that names every broken rule
   */
  Response replace(
      QuotaChange change, NewQuotas wanted, Function<VersionedQuotas, Response> answer) {
    LedgerTenant tenant = tenants.get(change.caller().tenant());
    QuotaSet checked = QuotaRules.check(wanted, tenant.currency());
    return changes.around(
        tenant.id(),
        () ->
            inTenant.transaction(
                tenant.id(),
                () ->
                    idempotency.once(
                        change.idempotent(),
                        () -> answer.apply(replace(change, tenant, checked)))));
  }

  private VersionedQuotas replace(QuotaChange change, LedgerTenant tenant, QuotaSet wanted) {
    QuotaSet before =
        sql(
            connection -> {
              quotas.lock(connection);
              return quotas.read(connection);
            });
    change.precondition().accept(before.version());
    List<Quota> after = keepIds(before.quotas(), wanted.quotas());
    QuotaDiff diff = QuotaDiff.of(before.quotas(), after);
    long version = before.version();
    if (!diff.isEmpty() || wanted.failMode() != before.failMode()) {
      version++;
      sql(
          connection -> {
            quotas.change(connection, diff, wanted.failMode());
            return null;
          });
      record(change.caller(), tenant, version, diff, before.failMode(), wanted.failMode());
      announce(change.caller(), tenant, after);
    }
    return new VersionedQuotas(
        version, QuotaPage.of(wanted.failMode(), new Page<>(definitions(after, tenant), null)));
  }

  private static List<Quota> keepIds(List<Quota> before, List<Quota> wanted) {
    Map<Quota.NaturalKey, UUID> ids =
        before.stream().collect(Collectors.toMap(Quota::naturalKey, Quota::id));
    return wanted.stream()
        .map(quota -> quota.withId(ids.getOrDefault(quota.naturalKey(), quota.id())))
        .sorted(Comparator.comparing(quota -> quota.id().toString()))
        .toList();
  }

  private void record(
      Caller caller,
      LedgerTenant tenant,
      long version,
      QuotaDiff diff,
      FailMode before,
      FailMode after) {
    audit.record(
        new AuditEvent(
            caller.actor(),
            AuditAction.QUOTA_CHANGED,
            "quotas/" + tenant.id(),
            tenant.id(),
            caller.requestId(),
            Map.of(
                "version",
                version,
                "removed",
                definitions(diff.removed(), tenant),
                "added",
                definitions(diff.added(), tenant),
                "changed",
                diff.changed().stream()
                    .map(
                        change ->
                            Map.of(
                                "before",
                                QuotaDefinition.of(change.before(), tenant.currency()),
                                "after",
                                QuotaDefinition.of(change.after(), tenant.currency())))
                    .toList(),
                "failMode",
                Map.of("before", before.wire(), "after", after.wire()))));
  }

  private static List<QuotaDefinition> definitions(List<Quota> quotas, LedgerTenant tenant) {
    return quotas.stream().map(quota -> QuotaDefinition.of(quota, tenant.currency())).toList();
  }

  private void announce(Caller caller, LedgerTenant tenant, List<Quota> after) {
    Instant now = clock.instant();
    UsageQuery month = UsageQuery.of(LedgerScope.TENANT, tenant.id(), MONTH, now);
    UsageRow row = sql(connection -> usage.one(connection, month));
    Money budget =
        after.stream()
            .filter(QuotaService::isBudget)
            .findFirst()
            .map(quota -> Money.ofNanos(quota.limit(), tenant.currency()))
            .orElse(null);
    outbox.write(
        new OutboxEvent(
            "quota.updated",
            tenant.id(),
            tenant.platformId(),
            caller.requestId(),
            caller.actor(),
            new QuotaUpdated(
                tenant.id(),
                new QuotaUpdated.Usage(
                    UsageReport.Window.of(MONTH, now),
                    UsageTotals.of(row.sums(), tenant.currency())),
                budget)));
  }

  private static boolean isBudget(Quota quota) {
    return quota.selector().equals(QuotaSelector.TENANT)
        && quota.dimension() == QuotaDimension.COST
        && quota.window().equals(MONTH)
        && quota.mode() != QuotaMode.OFF;
  }

  private <T> T sql(SqlWork<T> work) {
    return sessions.getCurrentSession().doReturningWork(work::run);
  }
}
