package io.platformapi.service.reconciliation;

import io.platformapi.routes.message.RunProgress;
import io.platformapi.service.http.Money;
import io.platformapi.service.outbox.OutboxBatch;
import io.platformapi.service.outbox.OutboxEvent;
import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.usage.LedgerTenant;
import io.platformapi.service.usage.LedgerTenants;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Tells other services what a run has found. What its adjustments did to the usage of the month was
 * told by the batches that posted them.
 */
public final class Completion {
  private static final String TYPE = "reconciliation.completed";

  private final LedgerTenants tenants;
  private final OutboxBatch outbox;
  private final Consumer<String> outboxChanged;

  /**
   * @param outboxChanged told a tenant whose outbox has news; must only leave a note
   */
  public Completion(LedgerTenants tenants, OutboxBatch outbox, Consumer<String> outboxChanged) {
    this.tenants = tenants;
    this.outbox = outbox;
    this.outboxChanged = outboxChanged;
  }

  /** Payload of the event; differences are the gateway's side less the ledger's. */
  record Completed(
      String tenantId,
      UUID reconciliationId,
      Instant from,
      Instant to,
      Side gateway,
      Side ledger,
      long matchedCalls,
      List<Difference> differences) {

    record Side(long calls, Money cost) {}

    record Difference(
        String difference, long items, long inputTokens, long outputTokens, Money cost) {}
  }

  /** Adds up and leaves the event in the outbox, in the transaction of the step. */
  void publish(Connection connection, RunProgress run) throws SQLException {
    CompletionSql.addUp(connection, run.runId());
    Optional<ReconciliationRun> found = RunSql.find(connection, run.runId());
    LedgerTenant tenant = tenants.get(run.tenantId());
    OutboxEvent event = event(found.orElseThrow(), tenant);
    try (PreparedStatement statement = connection.prepareStatement(OutboxBatch.INSERT)) {
      outbox.bindInsert(new Parameters(statement), List.of(event));
      statement.executeUpdate();
    }
  }

  void published(String tenantId) {
    outboxChanged.accept(tenantId);
  }

  private static OutboxEvent event(ReconciliationRun run, LedgerTenant tenant) {
    String currency = tenant.currency();
    Completed payload =
        new Completed(
            tenant.id(),
            run.id(),
            run.from(),
            run.coveredTo(),
            new Completed.Side(run.gatewayCalls(), Money.ofNanos(run.gatewayCostNanos(), currency)),
            new Completed.Side(run.ledgerCalls(), Money.ofNanos(run.ledgerCostNanos(), currency)),
            run.matchedCalls(),
            run.totals().stream()
                .map(
                    total ->
                        new Completed.Difference(
                            total.difference().wire(),
                            total.items(),
                            total.inputTokens(),
                            total.outputTokens(),
                            Money.ofNanos(total.costNanos(), currency)))
                .toList());
    return new OutboxEvent(
        TYPE,
        tenant.id(),
        tenant.platformId(),
        run.requestId() == null ? run.id().toString() : run.requestId(),
        run.requestedBy(),
        payload);
  }
}
