package io.platformapi.service.reconciliation;

import io.platformapi.service.http.PageRequest;
import io.platformapi.service.usage.LedgerTenants;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What operators ask of the reconciliation. */
public final class ReconciliationDesk {
  private static final int RECENT = 5;
  private static final RunQuery ANY = new RunQuery(null, null, null);

  private final ReconciliationService reconciliations;
  private final RunReader reader;
  private final PolicyEditor policies;
  private final LedgerTenants tenants;
  private final Clock clock;

  ReconciliationDesk(
      ReconciliationService reconciliations,
      RunReader reader,
      PolicyEditor policies,
      LedgerTenants tenants,
      Clock clock) {
    this.reconciliations = reconciliations;
    this.reader = reader;
    this.policies = policies;
    this.tenants = tenants;
    this.clock = clock;
  }

  /**
   * How a tenant's reconciliation stands.
   *
   * @param scheduled whether runs are started by themselves
   * @param runs the last five, youngest first
   */
  public record State(String tenant, boolean scheduled, List<RunDetails> runs) {}

  /**
   * Asks for a run.
   *
   * @param from null to go on where the last completed run has ended
   * @param to null for all that has settled by now
   * @throws io.platformapi.service.problem.ConflictException when one is under way
   */
  public RunDetails run(String tenantId, Instant from, Instant to, String actor, String requestId) {
    NewReconciliation window =
        ReconciliationParameters.window(new NewReconciliation(from, to), clock.instant());
    return RunDetails.of(
        reconciliations.start(
            tenantId, new NewRun(window.from(), window.to(), RunTrigger.TASK, actor, requestId)),
        tenants.get(tenantId).currency());
  }

  /** Lets the schedule start runs of a tenant, or keeps it from that, on every node. */
  public State schedule(String tenantId, boolean on, String actor, String requestId) {
    policies.schedule(tenantId, on, actor, requestId);
    return state(tenantId);
  }

  public State state(String tenantId) {
    return new State(
        tenantId,
        policies.get(tenantId).enabled(),
        reader.runs(tenantId, ANY, new PageRequest(RECENT, Optional.empty())).items());
  }
}
