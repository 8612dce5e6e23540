package io.platformapi.service.quota;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.platformapi.service.audit.AuditAction;
import io.platformapi.service.audit.AuditEvent;
import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.http.Idempotency;
import io.platformapi.service.persistence.InAdmin;
import io.platformapi.service.persistence.UnknownDatabaseException;
import io.platformapi.service.quota.engine.Quota;
import jakarta.ws.rs.core.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The platform's defaults: read, replaced as a whole, and asked for what they give a tenant. */
public final class DefaultsService implements Plans {
  private static final Logger LOG = LoggerFactory.getLogger(DefaultsService.class);

  private final InAdmin admin;
  private final AuditLog audit;
  private final Idempotency idempotency;
  private final ObjectMapper mapper;
  private final Runnable changed;
  private final PlanSql sql = new PlanSql();

  /**
   * @param audit of the admin database, as is idempotency
   * @param changed called after each change
   */
  public DefaultsService(
      InAdmin admin,
      AuditLog audit,
      Idempotency idempotency,
      ObjectMapper mapper,
      Runnable changed) {
    this.admin = admin;
    this.audit = audit;
    this.idempotency = idempotency;
    this.mapper = mapper;
    this.changed = changed;
  }

  VersionedDefaults get() {
    PlanSql.Stored stored = admin.sql(sql::read);
    return new VersionedDefaults(stored.version(), PlatformDefaults.of(parse(stored.document())));
  }

  /**
   * Puts defaults in the place of the present ones. The tenants follow within moments. The same
   * defaults again change nothing.
   *
   * @param answer makes the answer, which is stored for a repeated request
   * @throws io.platformapi.service.problem.ValidationException that names every broken rule
   */
  Response replace(
      QuotaChange change, NewDefaults wanted, Function<VersionedDefaults, Response> answer) {
    PlatformDefaults checked = PlatformDefaults.of(DefaultsRules.check(wanted));
    Response response =
        admin.transaction(
            () ->
                idempotency.once(
                    change.idempotent(), () -> answer.apply(replace(change, checked))));
    changed.run();
    return response;
  }

  private VersionedDefaults replace(QuotaChange change, PlatformDefaults wanted) {
    PlanSql.Stored stored = admin.sql(sql::lock);
    change.precondition().accept(stored.version());
    PlatformDefaults before = PlatformDefaults.of(parse(stored.document()));
    if (before.equals(wanted)) {
      return new VersionedDefaults(stored.version(), before);
    }
    PlanSql.Stored after = new PlanSql.Stored(stored.version() + 1, write(wanted));
    admin.sql(
        connection -> {
          sql.write(connection, after);
          return null;
        });
    audit.record(
        new AuditEvent(
            change.caller().actor(),
            AuditAction.PLATFORM_DEFAULTS_CHANGED,
            "platform/defaults",
            null,
            change.caller().requestId(),
            Map.of("version", after.version(), "before", before, "after", wanted)));
    return new VersionedDefaults(after.version(), wanted);
  }

  @Override
  public Plan of(String tenantId) {
    PlanSql.OfTenant found =
        admin
            .sql(connection -> sql.ofTenant(connection, tenantId))
            .orElseThrow(() -> new UnknownDatabaseException(tenantId));
    return new Plan(
        found.plan(),
        new PlanStamp(found.defaults().version(), found.version()),
        quotas(tenantId, found));
  }

  private Map<Quota.NaturalKey, PlanQuota> quotas(String tenantId, PlanSql.OfTenant found) {
    Map<Quota.NaturalKey, PlanQuota> quotas = new LinkedHashMap<>();
    for (DefinedPlan plan : parse(found.defaults().document())) {
      if (plan.name().equals(found.plan())) {
        for (PlanQuota quota : plan.quotas()) {
          if (quota.currency() == null || quota.currency().equals(found.currency())) {
            quotas.put(quota.quota().naturalKey(), quota);
          }
        }
        plan.quotas().stream()
            .filter(quota -> !quotas.containsKey(quota.quota().naturalKey()))
            .forEach(
                quota ->
                    LOG.warn(
                        "plan {} has no limit on {} in {} for tenant {}",
                        plan.name(),
                        quota.quota().dimension().wire(),
                        found.currency(),
                        tenantId));
      }
    }
    return quotas;
  }

  private List<DefinedPlan> parse(String document) {
    try {
      return DefaultsRules.check(mapper.readValue(document, NewDefaults.class));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the stored defaults cannot be read", e);
    }
  }

  private String write(PlatformDefaults defaults) {
    try {
      return mapper.writeValueAsString(defaults);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("defaults that are no JSON", e);
    }
  }
}
