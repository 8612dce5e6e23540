package io.platformapi.service.edge;

import io.micrometer.core.instrument.MeterRegistry;
import io.platformapi.routes.gateway.UpstreamException;
import io.platformapi.routes.gateway.UpstreamException.Kind;
import io.platformapi.routes.port.StoreUnavailableException;
import io.platformapi.service.audit.AuditAction;
import io.platformapi.service.audit.AuditEvent;
import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.edge.EdgeChange.Outcome;
import io.platformapi.service.edge.EdgePlan.Wanted;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.persistence.SqlWork;
import io.platformapi.service.problem.UnavailableException;
import io.platformapi.service.quota.PresentQuotas;
import io.platformapi.service.tenant.GatewayNames;
import io.platformapi.service.usage.LedgerTenant;
import io.platformapi.service.usage.LedgerTenants;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.hibernate.SessionFactory;

/**
 * Brings the limits at the edge to what a tenant's quotas say, where the two differ. Done again it
 * changes nothing; what an edge refuses is told and left for the next time.
 */
public final class LimitPusher {
  /** After these, the same edge would only answer the same again. */
  private static final Set<Kind> OF_THE_EDGE =
      EnumSet.of(Kind.UNAVAILABLE, Kind.REFUSED_CREDENTIAL, Kind.READ_ONLY);

  private final InTenant inTenant;
  private final SessionFactory sessions;
  private final LedgerTenants tenants;
  private final Function<String, PresentQuotas> quotas;
  private final Function<String, GatewayNames> names;
  private final Map<EdgeKind, Edge> edges;
  private final PushedLimitSql pushed;
  private final AuditLog audit;
  private final MeterRegistry meters;
  private final Clock clock;

  /**
   * @param sessions the tenants' session factory; audit is built on it too
   * @param quotas those of a tenant, as they are now
   * @param names a tenant's at LiteLLM
   * @param edges those that we have a credential for
   */
  LimitPusher(
      InTenant inTenant,
      SessionFactory sessions,
      LedgerTenants tenants,
      Function<String, PresentQuotas> quotas,
      Function<String, GatewayNames> names,
      Map<EdgeKind, Edge> edges,
      PushedLimitSql pushed,
      AuditLog audit,
      MeterRegistry meters,
      Clock clock) {
    this.inTenant = inTenant;
    this.sessions = sessions;
    this.tenants = tenants;
    this.quotas = quotas;
    this.names = names;
    this.edges = edges;
    this.pushed = pushed;
    this.audit = audit;
    this.meters = meters;
    this.clock = clock;
  }

  /**
   * Compares and pushes.
   *
   * @param actor for whom, as the audit names it
   * @param requestId the calls' X-Request-Id, such as the id of a run
   * @return one entry for each target, and for each quota that the edge cannot say
   * @throws io.platformapi.service.persistence.DatabaseUnavailableException when a database is
   *     away; never for what happens at the edge
   */
  public List<EdgeChange> push(String tenantId, String actor, String requestId) {
    LedgerTenant tenant = tenants.get(tenantId);
    EdgePlan plan = EdgePlanner.plan(tenant, names.apply(tenantId), quotas.apply(tenantId));
    Map<EdgeTarget, EdgeLimit> before = inTenant.sql(tenantId, pushed::read);
    Map<EdgeTarget, Wanted> all = new TreeMap<>(plan.wanted());
    before.keySet().forEach(target -> all.putIfAbsent(target, nothing(target)));

    List<EdgeChange> report = new ArrayList<>();
    Map<EdgeKind, Edge> usable = new EnumMap<>(EdgeKind.class);
    edges.forEach((kind, edge) -> usable.put(kind, edge.onBehalfOf(requestId)));
    Map<EdgeKind, Kind> down = new EnumMap<>(EdgeKind.class);
    all.forEach(
        (target, wanted) -> {
          Job job = new Job(tenantId, actor, requestId, target, wanted, before.get(target));
          report.add(counted(target, push(job, usable.get(target.kind()), down)));
        });
    plan.inexpressible().forEach(quota -> report.add(EdgeChange.inexpressible(quota)));
    return report;
  }

  /**
   * @param last what we put in force there, or null
   */
  private record Job(
      String tenantId,
      String actor,
      String requestId,
      EdgeTarget target,
      Wanted wanted,
      EdgeLimit last) {

    boolean ours(EdgeLimit present) {
      return last != null && present.same(last);
    }

    EdgeChange ends(Outcome outcome, String reason) {
      return EdgeChange.of(target, outcome, reason, wanted.quotas());
    }
  }

  private EdgeChange push(Job job, Edge edge, Map<EdgeKind, Kind> down) {
    if (edge == null) {
      return job.ends(Outcome.NOT_CONFIGURED, null);
    }
    Kind known = down.get(job.target.kind());
    if (known != null) {
      return job.ends(Outcome.FAILED, code(known));
    }
    try {
      return push(job, edge);
    } catch (UpstreamException e) {
      if (e.kind() == Kind.NOT_FOUND) {
        forget(job);
        return job.ends(Outcome.ABSENT, null);
      }
      if (OF_THE_EDGE.contains(e.kind())) {
        down.put(job.target.kind(), e.kind());
      }
      return job.ends(Outcome.FAILED, code(e.kind()));
    } catch (StoreUnavailableException e) {
      throw new UnavailableException("tenants cannot be looked up", Duration.ofSeconds(1));
    }
  }

  private EdgeChange push(Job job, Edge edge) {
    Optional<EdgeLimit> found = edge.present(job.tenantId, job.target.id());
    if (found.isEmpty()) {
      forget(job);
      return job.ends(Outcome.FOREIGN, null);
    }
    EdgeLimit present = found.get();
    EdgeLimit limit = job.wanted.limit();
    if (limit.isNone() && !job.ours(present)) {
      forget(job);
      return job.ends(Outcome.LEFT, null).between(present, present);
    }
    if (present.same(limit)) {
      if (!job.ours(present)) {
        // Pushed by a run that did not live to write it down, or by the operator.
        inTenant.sql(job.tenantId, connection -> keep(connection, job, present));
      }
      return job.ends(Outcome.UNCHANGED, null).between(present, present);
    }
    edge.set(job.target.id(), limit, present);
    EdgeChange done =
        job.ends(limit.isNone() ? Outcome.TAKEN_BACK : Outcome.PUSHED, null)
            .between(present, limit);
    record(job, limit, done);
    return done;
  }

  private void record(Job job, EdgeLimit limit, EdgeChange done) {
    inTenant.transaction(
        job.tenantId,
        () -> {
          audit.record(
              new AuditEvent(
                  job.actor,
                  AuditAction.LIMIT_PUSHED,
                  done.edge() + "/" + done.target(),
                  job.tenantId,
                  job.requestId,
                  Map.of("before", done.before(), "after", done.after())));
          return sql(connection -> keep(connection, job, limit));
        });
  }

  private Void keep(Connection connection, Job job, EdgeLimit limit) throws SQLException {
    if (limit.isNone()) {
      pushed.forget(connection, job.target);
    } else {
      pushed.keep(connection, job.target, limit, clock.instant());
    }
    return null;
  }

  private void forget(Job job) {
    if (job.last != null) {
      inTenant.sql(
          job.tenantId,
          connection -> {
            pushed.forget(connection, job.target);
            return null;
          });
    }
  }

  private <T> T sql(SqlWork<T> work) {
    return sessions.getCurrentSession().doReturningWork(work::run);
  }

  private EdgeChange counted(EdgeTarget target, EdgeChange push) {
    meters
        .counter("platform.limits.pushed", "edge", target.kind().wire(), "outcome", push.outcome())
        .increment();
    return push;
  }

  private static Wanted nothing(EdgeTarget target) {
    return new Wanted(
        target.kind() == EdgeKind.KONG_CONSUMER ? RateLimit.NONE : BudgetLimit.NONE, List.of());
  }

  private static String code(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
