package io.platformapi.service.policy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.setup.Environment;
import io.micrometer.core.instrument.MeterRegistry;
import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.auth.AccessPolicy;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.cache.Caches;
import io.platformapi.service.cache.Changes;
import io.platformapi.service.http.Idempotency;
import io.platformapi.service.outbox.OutboxWriter;
import io.platformapi.service.persistence.InAdmin;
import io.platformapi.service.persistence.InTenant;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import org.hibernate.SessionFactory;

/** Puts the parts of the feature together; its SQL and its snapshots stay inside. */
public final class PolicyFeature {
  private final AccessPolicy access;
  private final RoleService roles;
  private final DecisionLog log;
  private final PolicyResource policyResource;
  private final RoleResource roleResource;
  private final AuthzResource authzResource;
  private final AuthzenResource authzenResource;
  private final AuthzenMetadataResource metadataResource;

  /**
   * @param sessions the tenants' session factory; audit, outbox and idempotency are built on it too
   * @param subjects whom the tenants know themselves
   * @param settings of the feature
   */
  public PolicyFeature(
      InAdmin admin,
      InTenant inTenant,
      SessionFactory sessions,
      AuditLog audit,
      OutboxWriter outbox,
      Idempotency idempotency,
      KnownSubjects subjects,
      Caches caches,
      Changes changes,
      Settings settings,
      ObjectMapper mapper,
      MeterRegistry meters,
      Clock clock) {
    PolicySql policySql = new PolicySql(mapper);
    SchemaSql schemaSql = new SchemaSql(mapper);
    DecisionSql decisionSql = new DecisionSql(mapper);
    PolicySnapshots snapshots =
        new PolicySnapshots(
            new PolicyReader(admin, inTenant, policySql, schemaSql),
            caches,
            changes,
            settings.staleAtMost);
    PolicyStore store =
        new PolicyStore(inTenant, sessions, snapshots, audit, outbox, idempotency, clock);
    this.log =
        new DecisionLog(
            inTenant,
            decisionSql,
            clock,
            meters,
            settings.decisionQueue,
            settings.decisionAge,
            settings.decisionRows);
    this.access = new CallerPolicy(snapshots, clock, meters);
    DecisionService decisions =
        new DecisionService(snapshots, new QuestionReader(subjects, clock), log);
    this.policyResource =
        new PolicyResource(
            new PolicyService(store, policySql, schemaSql),
            new SchemaService(store, policySql, schemaSql),
            new SimulationService(store, snapshots, decisionSql, clock));
    this.roles = new RoleService(store, policySql, subjects);
    this.roleResource = new RoleResource(roles, new AssignmentService(store));
    this.authzResource = new AuthzResource(decisions);
    this.authzenResource =
        new AuthzenResource(new AuthzenService(decisions, new AuthzenReader(mapper)), mapper);
    this.metadataResource = new AuthzenMetadataResource(settings.publicUrl);
  }

  /** Guards this service's own endpoints. */
  public AccessPolicy access() {
    return access;
  }

  /**
   * Those of the names that no role of the tenant has, as stored now; joins a transaction on the
   * tenant's database.
   */
  public Set<String> unknownRoles(String tenantId, Collection<String> names) {
    return roles.unknown(tenantId, names);
  }

  /**
   * Whether the caller may say who has these roles: the same as for those of services and API keys.
   */
  public boolean mayAssign(Caller caller, Collection<String> names) {
    return names.stream()
        .allMatch(
            name -> caller.access().allows(Permission.POLICIES_WRITE, PolicyViews.role(name)));
  }

  /** Serves the endpoints, and records decisions in the background. */
  public void register(Environment environment) {
    environment.jersey().register(policyResource);
    environment.jersey().register(roleResource);
    environment.jersey().register(authzResource);
    environment.jersey().register(authzenResource);
    environment.jersey().register(new AuthzenRequestIdFilter());
    environment.jersey().register(metadataResource);
    environment.lifecycle().manage(log);
  }

  /**
   * @param publicUrl where the callers find this service, without query and fragment
   * @param staleAtMost how old policy may get that cannot be compared with its database
   * @param decisionQueue recorded decisions that may wait to be written
   * @param decisionAge how long recorded decisions are kept
   * @param decisionRows how many recorded decisions of a tenant are kept
   */
  public record Settings(
      URI publicUrl,
      Duration staleAtMost,
      int decisionQueue,
      Duration decisionAge,
      int decisionRows) {}
}
