package io.platformapi.service.quota;

import io.platformapi.service.audit.AuditAction;
import io.platformapi.service.audit.AuditEvent;
import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.http.Cursor;
import io.platformapi.service.http.Idempotency;
import io.platformapi.service.http.Page;
import io.platformapi.service.http.PageRequest;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.persistence.SqlWork;
import io.platformapi.service.problem.ConflictException;
import io.platformapi.service.problem.ForbiddenException;
import io.platformapi.service.problem.ResourceNotFoundException;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.usage.LedgerTenant;
import io.platformapi.service.usage.LedgerTenants;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.hibernate.SessionFactory;

/** Grants on top of a tenant's limits: made, listed, revoked. */
public final class QuotaGrantService {
  static final String LIST = "quota-grants";

  /** On one quota; each is a balance more that a request of it is decided by. */
  static final int MOST = 50;

  private final QuotaChanges changes;
  private final InTenant inTenant;
  private final SessionFactory sessions;
  private final LedgerTenants tenants;
  private final Plans plans;
  private final QuotaService quotas;
  private final AuditLog audit;
  private final Idempotency idempotency;
  private final Clock clock;
  private final QuotaGrantSql grants = new QuotaGrantSql();

  /**
   * @param changes told of every change
   * @param sessions the tenants' session factory; audit and idempotency are built on it too
   */
  QuotaGrantService(
      QuotaChanges changes,
      InTenant inTenant,
      SessionFactory sessions,
      LedgerTenants tenants,
      Plans plans,
      QuotaService quotas,
      AuditLog audit,
      Idempotency idempotency,
      Clock clock) {
    this.changes = changes;
    this.inTenant = inTenant;
    this.sessions = sessions;
    this.tenants = tenants;
    this.plans = plans;
    this.quotas = quotas;
    this.audit = audit;
    this.idempotency = idempotency;
    this.clock = clock;
  }

  /**
   * Those on a quota that were not revoked, in the order in which they were made.
   *
   * @throws ResourceNotFoundException when there is no such quota
   */
  Page<QuotaGrantDetails> list(String tenantId, UUID quotaId, PageRequest page) {
    String currency = tenants.get(tenantId).currency();
    UUID after = page.after().map(cursor -> cursor.uuid(0)).orElse(null);
    return inTenant.sql(
        tenantId,
        connection -> {
          Quota quota = grants.quota(connection, quotaId).orElseThrow(QuotaGrantService::noQuota);
          return Page.of(
                  grants.page(connection, quota, after, page.rowsToRead()),
                  page,
                  stored -> Cursor.of(LIST, stored.grant().id()))
              .map(stored -> QuotaGrantDetails.of(quota, stored, currency, now()));
        });
  }

  /**
   * @throws ResourceNotFoundException when there is no such quota or grant, or it was revoked
   */
  VersionedGrant get(String tenantId, UUID quotaId, UUID id) {
    String currency = tenants.get(tenantId).currency();
    return inTenant.sql(
        tenantId,
        connection -> {
          Quota quota = grants.quota(connection, quotaId).orElseThrow(QuotaGrantService::noQuota);
          StoredGrant stored =
              grants.find(connection, quota, id).orElseThrow(QuotaGrantService::noGrant);
          return new VersionedGrant(
              grants.version(connection), QuotaGrantDetails.of(quota, stored, currency, now()));
        });
  }

  /**
   * Makes a grant; it holds for the next reservation on every node.
   *
   * @param answer makes the answer, which is stored for a repeated request
   * @throws ForbiddenException when the limit is of the tenant's plan, and the caller is none who
   *     may go beyond it
   * @throws ConflictException when the quota has too many
   * @throws io.platformapi.service.problem.ValidationException that names every broken rule
   */
  Response create(
      QuotaChange change,
      UUID quotaId,
      NewQuotaGrant wanted,
      Function<VersionedGrant, Response> answer) {
    LedgerTenant tenant = tenants.get(change.caller().tenant());
    Plan plan = plans.of(tenant.id());
    return within(
        tenant.id(),
        () ->
            idempotency.once(
                change.idempotent(),
                () -> answer.apply(create(change, tenant, plan, quotaId, wanted))));
  }

  private VersionedGrant create(
      QuotaChange change, LedgerTenant tenant, Plan plan, UUID quotaId, NewQuotaGrant wanted) {
    QuotaSet set = quotas.lock();
    change.precondition().accept(set.version());
    Quota quota = quota(set, quotaId);
    mayChange(change, plan, quota);
    Instant now = now();
    StoredGrant grant =
        QuotaGrantRules.check(wanted, quota, tenant.currency(), change.caller().actor(), now);
    if (sql(connection -> grants.present(connection, quota, now)) >= MOST) {
      throw new ConflictException("the quota has " + MOST + " grants that are not over");
    }
    long version =
        sql(
            connection -> {
              grants.forget(connection, now);
              grants.insert(connection, grant);
              return grants.raise(connection);
            });
    QuotaGrantDetails details = QuotaGrantDetails.of(quota, grant, tenant.currency(), now);
    tell(change, AuditAction.QUOTA_GRANT_CREATED, tenant, details, version);
    return new VersionedGrant(version, details);
  }

  /**
   * Revokes a grant: nothing is drawn from it any more. What was drawn stays drawn.
   *
   * @throws ForbiddenException as for one who would make it
   * @throws ResourceNotFoundException when there is no such quota or grant, or it was revoked
   */
  void revoke(QuotaChange change, UUID quotaId, UUID id) {
    LedgerTenant tenant = tenants.get(change.caller().tenant());
    Plan plan = plans.of(tenant.id());
    within(
        tenant.id(),
        () -> {
          QuotaSet set = quotas.lock();
          Quota quota = quota(set, quotaId);
          StoredGrant grant =
              sql(connection -> grants.find(connection, quota, id))
                  .orElseThrow(QuotaGrantService::noGrant);
          change.precondition().accept(set.version());
          mayChange(change, plan, quota);
          Instant now = now();
          long version =
              sql(
                  connection -> {
                    grants.revoke(connection, id);
                    grants.forget(connection, now);
                    return grants.raise(connection);
                  });
          tell(
              change,
              AuditAction.QUOTA_GRANT_REVOKED,
              tenant,
              QuotaGrantDetails.of(quota, grant, tenant.currency(), now),
              version);
          return null;
        });
  }

  private static Quota quota(QuotaSet set, UUID id) {
    return set.quotas().stream()
        .filter(quota -> quota.id().equals(id))
        .findFirst()
        .orElseThrow(QuotaGrantService::noQuota);
  }

  /** What a plan gives is the platform's to give more of. */
  private static void mayChange(QuotaChange change, Plan plan, Quota quota) {
    if (plan.quotas().containsKey(quota.naturalKey()) && !QuotaService.mayExceed(change.caller())) {
      throw new ForbiddenException(
          "the limit is of plan " + plan.name() + ": only the platform may grant more of it");
    }
  }

  private void tell(
      QuotaChange change,
      AuditAction action,
      LedgerTenant tenant,
      QuotaGrantDetails grant,
      long version) {
    audit.record(
        new AuditEvent(
            change.caller().actor(),
            action,
            "quotas/" + grant.quotaId() + "/grants/" + grant.id(),
            tenant.id(),
            change.caller().requestId(),
            Map.of("version", version, "grant", grant)));
    quotas.announce(change.caller().actor(), change.caller().requestId(), tenant);
  }

  private <T> T within(String tenantId, Supplier<T> transaction) {
    return changes.around(tenantId, () -> inTenant.transaction(tenantId, transaction));
  }

  private <T> T sql(SqlWork<T> work) {
    return sessions.getCurrentSession().doReturningWork(work::run);
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  private static ResourceNotFoundException noQuota() {
    return new ResourceNotFoundException("quota");
  }

  private static ResourceNotFoundException noGrant() {
    return new ResourceNotFoundException("grant");
  }
}
