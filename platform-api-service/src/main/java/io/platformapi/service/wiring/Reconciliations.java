package io.platformapi.service.wiring;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.setup.Environment;
import io.micrometer.core.instrument.MeterRegistry;
import io.platformapi.routes.IntegrationRoutes;
import io.platformapi.routes.ReconciliationPorts;
import io.platformapi.service.PlatformConfiguration;
import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.config.ReconciliationConfiguration;
import io.platformapi.service.edge.EdgeFeature;
import io.platformapi.service.http.Idempotency;
import io.platformapi.service.outbox.OutboxBatch;
import io.platformapi.service.outbox.OutboxWriter;
import io.platformapi.service.quota.QuotaFeature;
import io.platformapi.service.reconciliation.ReconciliationFeature;
import io.platformapi.service.reconciliation.ReconciliationSurface;
import io.platformapi.service.reconciliation.TenantRuns;
import io.platformapi.service.task.LimitOperations;
import io.platformapi.service.task.OperatorTasks;
import io.platformapi.service.task.ReconciliationOperations;
import io.platformapi.service.tenant.TenantDirectoryService;
import io.platformapi.service.usage.AdjustmentStore;
import io.platformapi.service.usage.LedgerTenants;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Predicate;

/** The reconciliation with all that is around it, and the limits at the edge that it pushes. */
final class Reconciliations {
  private static final Duration LONGEST_PULL = Duration.ofMinutes(1);

  private final LateGateway gateway = new LateGateway();
  private final EdgeFeature edge;
  private final ReconciliationFeature feature;
  private final ReconciliationSurface surface;

  Reconciliations(
      PlatformConfiguration configuration,
      Databases databases,
      TenantDirectoryService directory,
      QuotaFeature quotas,
      AdjustmentStore adjustments,
      Hints hints,
      Shared shared) {
    edge =
        new EdgeFeature(
            databases.tenant(),
            databases.tenantSessions(),
            shared.tenants,
            directory,
            new EdgeFeature.Sources(quotas::quotasOf, directory::gatewayNames),
            Edges.upstreams(configuration.gateway(), gateway),
            shared.audit,
            shared.mapper,
            shared.meters,
            shared.clock);
    feature =
        new ReconciliationFeature(
            databases.admin(),
            databases.tenant(),
            new ReconciliationFeature.Tenants(
                directory, shared.tenants, directory::gatewayTeams, databases.locations()::ready),
            shared.audit,
            new OutboxBatch(shared.mapper, shared.clock),
            adjustments,
            edge.runs(),
            edge.counters(),
            new ReconciliationFeature.Hints(
                hints::tenantOutboxChanged, hints::reconciliationRequested),
            settings(configuration),
            shared.meters,
            shared.clock);
    surface =
        new ReconciliationSurface(
            feature.service(),
            databases.admin(),
            databases.tenant(),
            databases.tenantSessions(),
            shared.tenants,
            shared.audit,
            shared.outbox,
            shared.idempotency,
            shared.meters,
            shared.clock);
  }

  /** What other features use too; audit, outbox and idempotency are those of the tenants. */
  record Shared(
      LedgerTenants tenants,
      AuditLog audit,
      OutboxWriter outbox,
      Idempotency idempotency,
      ObjectMapper mapper,
      MeterRegistry meters,
      Clock clock) {}

  /** What the routes need. */
  ReconciliationPorts ports() {
    return surface.observed(feature.ports());
  }

  void register(Environment environment, IntegrationRoutes routes) {
    gateway.attach(routes);
    surface.register(environment);
    edge.register(environment, surface.reader());
  }

  /**
   * @param known whether there is a tenant
   */
  void addTo(OperatorTasks tasks, Predicate<String> known) {
    new LimitOperations(edge.pusher(), known).addTo(tasks);
    new ReconciliationOperations(surface.desk(), known).addTo(tasks);
  }

  private static ReconciliationFeature.Settings settings(PlatformConfiguration platform) {
    ReconciliationConfiguration configuration = platform.reconciliation();
    return new ReconciliationFeature.Settings(
        platform.gateway().litellm().isCalled(),
        configuration.every(),
        configuration.pullInterval().multipliedBy(3).plus(LONGEST_PULL),
        new TenantRuns.Settings(
            configuration.round(),
            configuration.lease(),
            configuration.retry(),
            configuration.attempts()));
  }
}
