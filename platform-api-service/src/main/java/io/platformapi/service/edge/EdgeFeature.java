package io.platformapi.service.edge;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.setup.Environment;
import io.micrometer.core.instrument.MeterRegistry;
import io.platformapi.routes.gateway.kong.KongAdmin;
import io.platformapi.routes.gateway.litellm.LiteLlmAdmin;
import io.platformapi.routes.port.TenantDirectory;
import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.quota.PresentQuotas;
import io.platformapi.service.reconciliation.CounterReading;
import io.platformapi.service.reconciliation.RunReader;
import io.platformapi.service.tenant.GatewayNames;
import io.platformapi.service.usage.LedgerTenants;
import java.time.Clock;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.hibernate.SessionFactory;

/** Puts the parts of the feature together; its SQL stays inside. */
public final class EdgeFeature {
  private final LimitPusher pusher;
  private final RunLimits runs;
  private final GatewayCounters counters;

  /**
   * @param sessions the tenants' session factory; audit is built on it too
   */
  public EdgeFeature(
      InTenant inTenant,
      SessionFactory sessions,
      LedgerTenants ledgerTenants,
      TenantDirectory tenants,
      Sources sources,
      Upstreams upstreams,
      AuditLog audit,
      ObjectMapper mapper,
      MeterRegistry meters,
      Clock clock) {
    this.pusher =
        new LimitPusher(
            inTenant,
            sessions,
            ledgerTenants,
            sources.quotas,
            sources.names,
            edges(upstreams, tenants),
            new PushedLimitSql(mapper),
            audit,
            meters,
            clock);
    this.counters =
        new GatewayCounters(
            upstreams.litellm, tenants, sources.names, inTenant, new PushedLimitSql(mapper));
    this.runs = new RunLimits(inTenant, pusher, new EdgeChangeSql(mapper));
  }

  /**
   * @param quotas of a tenant, as they are now
   * @param names of a tenant at LiteLLM, as they are now
   */
  public record Sources(
      Function<String, PresentQuotas> quotas, Function<String, GatewayNames> names) {}

  /** What we have a credential for. */
  public record Upstreams(Optional<LiteLlmAdmin> litellm, Optional<KongAdmin> kong) {}

  /** Pushes now, for an operator. */
  public LimitPusher pusher() {
    return pusher;
  }

  /** The step of a reconciliation. */
  public RunLimits runs() {
    return runs;
  }

  /** What a reconciliation asks LiteLLM for. */
  public CounterReading counters() {
    return counters;
  }

  /** Serves what runs did. */
  public void register(Environment environment, RunReader reader) {
    environment.jersey().register(new EdgeChangeResource(reader, runs));
  }

  private static Map<EdgeKind, Edge> edges(Upstreams upstreams, TenantDirectory tenants) {
    Map<EdgeKind, Edge> edges = new EnumMap<>(EdgeKind.class);
    upstreams.litellm.ifPresent(
        admin -> {
          edges.put(EdgeKind.LITELLM_TEAM, new TeamEdge(admin, tenants));
          edges.put(EdgeKind.LITELLM_KEY, new KeyEdge(admin, tenants));
        });
    upstreams.kong.ifPresent(admin -> edges.put(EdgeKind.KONG_CONSUMER, new ConsumerEdge(admin)));
    return edges;
  }
}
