package io.platformapi.service.reconciliation;

import io.dropwizard.core.setup.Environment;
import io.micrometer.core.instrument.MeterRegistry;
import io.platformapi.routes.ReconciliationPorts;
import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.http.Idempotency;
import io.platformapi.service.outbox.OutboxWriter;
import io.platformapi.service.persistence.InAdmin;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.usage.LedgerTenants;
import java.time.Clock;
import org.hibernate.SessionFactory;

/** What callers, operators and meters see of the reconciliation. */
public final class ReconciliationSurface {
  private final RunReader reader;
  private final RunCommands commands;
  private final PolicyEditor policies;
  private final ReconciliationDesk desk;
  private final Overviews overviews;
  private final InTenant inTenant;

  /**
   * @param sessions the tenants' session factory; audit, outbox and idempotency are built on it too
   */
  public ReconciliationSurface(
      ReconciliationService reconciliations,
      InAdmin admin,
      InTenant inTenant,
      SessionFactory sessions,
      LedgerTenants tenants,
      AuditLog audit,
      OutboxWriter outbox,
      Idempotency idempotency,
      MeterRegistry meters,
      Clock clock) {
    this.inTenant = inTenant;
    this.overviews = new Overviews(admin, inTenant, new ReconciliationMeters(meters, clock));
    this.reader = new RunReader(inTenant, tenants);
    this.policies = new PolicyEditor(inTenant, sessions, tenants, audit, outbox, idempotency);
    this.commands =
        new RunCommands(reconciliations, reader, inTenant, idempotency, tenants, overviews, clock);
    this.desk = new ReconciliationDesk(reconciliations, reader, policies, tenants, clock);
  }

  /** Shows runs to other features. */
  public RunReader reader() {
    return reader;
  }

  /** What operators ask. */
  public ReconciliationDesk desk() {
    return desk;
  }

  /** The ports of the routes, with the meters told of every end of a run. */
  public ReconciliationPorts observed(ReconciliationPorts ports) {
    RunEnds ends = new RunEnds(inTenant, overviews);
    return new ReconciliationPorts(
        new ObservedRuns(ports.runs(), ends::perhaps),
        new ObservedBooks(ports.books(), ends::perhaps),
        ports.spend(),
        ports.turn());
  }

  /** Serves the endpoints, and keeps the meters in the background. */
  public void register(Environment environment) {
    environment.jersey().register(new ReconciliationResource(reader, commands));
    environment.jersey().register(new CounterResource(reader));
    environment.jersey().register(new ReconciliationPolicyResource(policies));
    environment.lifecycle().manage(overviews);
  }
}
