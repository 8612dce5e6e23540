package io.platformapi.service.reconciliation;

import io.micrometer.core.instrument.MeterRegistry;
import io.platformapi.routes.ReconciliationPorts;
import io.platformapi.routes.port.TenantDirectory;
import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.outbox.OutboxBatch;
import io.platformapi.service.persistence.InAdmin;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.usage.AdjustmentStore;
import io.platformapi.service.usage.LedgerTenants;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Puts the parts of the feature together; its SQL stays inside. */
public final class ReconciliationFeature {
  private final ReconciliationService service;
  private final ReconciliationPorts ports;

  public ReconciliationFeature(
      InAdmin admin,
      InTenant inTenant,
      Tenants tenants,
      AuditLog audit,
      OutboxBatch outbox,
      AdjustmentStore adjustments,
      LimitPush limits,
      CounterReading counters,
      Hints hints,
      Settings settings,
      MeterRegistry meters,
      Clock clock) {
    TenantRuns runs =
        new TenantRuns(
            inTenant,
            tenants.ready(),
            tenant -> settings.scheduled() && startDue(tenant, settings.every()),
            settings.runs(),
            clock);
    this.service =
        new ReconciliationService(
            inTenant,
            audit,
            adjustments,
            tenant -> {
              runs.note(tenant);
              hints.started().run();
            },
            clock);
    this.ports =
        new ReconciliationPorts(
            runs,
            new TenantBooks(
                inTenant,
                tenants.directory(),
                tenants.teams(),
                adjustments,
                new Completion(tenants.ledgers(), outbox, hints.outboxChanged()),
                new TenantBooks.Gateway(
                    limits, counters, tenant -> tenants.ledgers().get(tenant).currency()),
                TenantBooks.Settings.of(settings.runs().lease()),
                clock),
            new SpendLogBook(admin, inTenant, tenants.directory(), meters, clock),
            new SpendTurn(admin, settings.turn()));
  }

  /**
   * What is known of the tenants.
   *
   * @param teams of a tenant at the gateway
   * @param ready all that have a database
   */
  public record Tenants(
      TenantDirectory directory,
      LedgerTenants ledgers,
      Function<String, List<String>> teams,
      Supplier<List<String>> ready) {}

  /**
   * Who is told; must only leave a note.
   *
   * @param outboxChanged told a tenant whose outbox has news
   * @param started told of a new run
   */
  public record Hints(Consumer<String> outboxChanged, Runnable started) {}

  /**
   * @param scheduled whether runs are started by themselves
   * @param every how much must have settled since a tenant's last run
   * @param turn how long a node that does not read the spend log any more keeps others from it
   */
  public record Settings(
      boolean scheduled, Duration every, Duration turn, TenantRuns.Settings runs) {}

  public ReconciliationService service() {
    return service;
  }

  /** What the routes need. */
  public ReconciliationPorts ports() {
    return ports;
  }

  private boolean startDue(String tenant, Duration every) {
    return service.startDue(tenant, every);
  }
}
