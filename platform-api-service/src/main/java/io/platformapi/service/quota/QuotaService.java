package io.platformapi.service.quota;

import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.auth.ResourceView;
import io.platformapi.service.http.Cursor;
import io.platformapi.service.http.Idempotency;
import io.platformapi.service.http.Money;
import io.platformapi.service.http.Page;
import io.platformapi.service.http.PageRequest;
import io.platformapi.service.outbox.OutboxEvent;
import io.platformapi.service.outbox.OutboxWriter;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.persistence.SqlWork;
import io.platformapi.service.problem.UnavailableException;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaGrant;
import io.platformapi.service.quota.engine.QuotaMode;
import io.platformapi.service.quota.engine.QuotaSelector;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.WindowKind;
import io.platformapi.service.usage.LedgerScope;
import io.platformapi.service.usage.LedgerTenant;
import io.platformapi.service.usage.LedgerTenants;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.hibernate.SessionFactory;

/** A tenant's limits: read in pages, replaced as a whole, brought to what its plan says. */
public final class QuotaService {
  static final String LIST = "quotas";

  private static final QuotaWindow MONTH = QuotaWindow.of(WindowKind.MONTH);

  private static final String PLATFORM = "platform";
  private static final int ATTEMPTS = 5;
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final QuotaChanges changes;
  private final InTenant inTenant;
  private final SessionFactory sessions;
  private final LedgerTenants tenants;
  private final Plans plans;
  private final AuditLog audit;
  private final OutboxWriter outbox;
  private final Idempotency idempotency;
  private final Clock clock;
  private final QuotaSql quotas = new QuotaSql();
  private final QuotaGrantSql grants = new QuotaGrantSql();
  private final UsageSql usage = new UsageSql();
  private final PresentLimits limits = new PresentLimits();

  /**
   * @param changes told of every change
   * @param sessions the tenants' session factory; audit, outbox and idempotency are built on it too
   */
  public QuotaService(
      QuotaChanges changes,
      InTenant inTenant,
      SessionFactory sessions,
      LedgerTenants tenants,
      Plans plans,
      AuditLog audit,
      OutboxWriter outbox,
      Idempotency idempotency,
      Clock clock) {
    this.changes = changes;
    this.inTenant = inTenant;
    this.sessions = sessions;
    this.tenants = tenants;
    this.plans = plans;
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
        QuotaPage.of(
            set.failMode(),
            found.map(quota -> QuotaDefinition.of(quota, set.origin(quota), currency))));
  }

  /** All limits as they are now. */
  PresentQuotas present(String tenantId) {
    Instant now = clock.instant();
    return inTenant.sql(
        tenantId,
        connection ->
            new PresentQuotas(
                quotas.read(connection).quotas(),
                grants.all(connection).stream()
                    .filter(grant -> grant.amount() > 0 && grant.until().isAfter(now))
                    .map(QuotaGrant::quotaId)
                    .collect(Collectors.toSet())));
  }

  /**
   * Puts a set of limits in the place of the tenant's present one; those of its plan that it does
   * not name stay. A limit that stays keeps its id; a set that says what is there already changes
   * nothing.
   *
   * @param answer makes the answer, which is stored for a repeated request
   * @throws io.platformapi.service.problem.ValidationException that names every broken rule, and
   *     every limit beyond the bounds of the plan
   */
  Response replace(
      QuotaChange change, NewQuotas wanted, Function<VersionedQuotas, Response> answer) {
    LedgerTenant tenant = tenants.get(change.caller().tenant());
    QuotaSet checked = QuotaRules.check(wanted, tenant.currency());
    for (int i = 0; i < ATTEMPTS; i++) {
      Plan plan = plans.of(tenant.id());
      try {
        return within(
            tenant.id(),
            () ->
                idempotency.once(
                    change.idempotent(),
                    () -> answer.apply(replace(change, tenant, plan, checked))));
      } catch (StalePlanException e) {
        // The next look finds what the other one found.
        continue;
      }
    }
    throw new UnavailableException("the plan is changed all the time", RETRY_AFTER);
  }

  private VersionedQuotas replace(
      QuotaChange change, LedgerTenant tenant, Plan plan, QuotaSet wanted) {
    QuotaSet before = lock();
    change.precondition().accept(before.version());
    PlanStamp present = sql(quotas::stamp);
    if (plan.stamp().before(present)) {
      throw new StalePlanException();
    }
    QuotaSet after =
        PlanMerge.replace(
            PlanMerge.follow(before, plan), wanted, plan, () -> mayExceed(change.caller()));
    long version =
        change(tenant, before, after, plan, change.caller().actor(), change.caller().requestId());
    return new VersionedQuotas(
        version,
        QuotaPage.of(
            after.failMode(),
            new Page<>(QuotaAudit.definitions(after, after.quotas(), tenant), null)));
  }

  /** Whether the bounds of plans do not hold for somebody. */
  static boolean mayExceed(Caller caller) {
    return caller.access().allows(Permission.PLATFORM_WRITE, ResourceView.ALL);
  }

  /** Brings a tenant's limits to what its plan says, unless they follow a later state of it. */
  void follow(String tenantId, Plan plan) {
    LedgerTenant tenant = tenants.get(tenantId);
    within(
        tenantId,
        () -> {
          QuotaSet before = lock();
          if (!plan.stamp().before(sql(quotas::stamp))) {
            change(tenant, before, PlanMerge.follow(before, plan), plan, PLATFORM, null);
          }
          return null;
        });
  }

  private <T> T within(String tenantId, Supplier<T> transaction) {
    return changes.around(tenantId, () -> inTenant.transaction(tenantId, transaction));
  }

  /** The set, which nobody else changes or goes by until the transaction ends. */
  QuotaSet lock() {
    return sql(
        connection -> {
          quotas.lock(connection);
          return quotas.read(connection);
        });
  }

  /** Writes what is different, and tells of it. */
  private long change(
      LedgerTenant tenant,
      QuotaSet before,
      QuotaSet after,
      Plan plan,
      String actor,
      String requestId) {
    QuotaDiff diff = QuotaDiff.of(before.quotas(), after.quotas());
    boolean different = !diff.isEmpty() || after.failMode() != before.failMode();
    sql(
        connection -> {
          if (different) {
            quotas.change(connection, diff, after.failMode());
          }
          if (different || !after.origins().equals(before.origins())) {
            quotas.own(connection, after.origins());
          }
          quotas.stamp(connection, plan.stamp());
          return null;
        });
    if (!different) {
      return before.version();
    }
    long version = before.version() + 1;
    audit.record(QuotaAudit.event(actor, requestId, tenant, version, before, after));
    String cause = requestId == null ? "platform-defaults/" + plan.stamp().defaults() : requestId;
    announce(actor, cause, tenant);
    return version;
  }

  /** Tells others that the limits are other ones, when the transaction has written them. */
  void announce(String actor, String correlationId, LedgerTenant tenant) {
    Instant now = clock.instant();
    UsageQuery month = UsageQuery.of(LedgerScope.TENANT, tenant.id(), MONTH, now);
    UsageRow row =
        sql(
            connection ->
                limits
                    .read(
                        connection, List.of(usage.one(connection, month)), LedgerScope.TENANT, now)
                    .get(0));
    Money budget =
        row.quotas().stream()
            .filter(QuotaService::isBudget)
            .findFirst()
            .map(quota -> Money.ofNanos(row.state(quota).limit(), tenant.currency()))
            .orElse(null);
    outbox.write(
        new OutboxEvent(
            "quota.updated",
            tenant.id(),
            tenant.platformId(),
            correlationId,
            actor,
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
