package io.platformapi.service.usage;

import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.http.Uuid7;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.persistence.SqlWork;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Posts adjustments into the tenants' ledgers on the way that usage takes: balances, alerts and the
 * outbox follow in the same transaction.
 */
public final class AdjustmentStore {
  private final LedgerTenants tenants;
  private final Consumer<String> committed;
  private final UsageFollower follower;
  private final LedgerWriter writer = new LedgerWriter();
  private final PostingAttempts attempts;

  /** See {@link LedgerStore} for the parameters. */
  public AdjustmentStore(
      InTenant inTenant,
      LedgerTenants tenants,
      BooleanSupplier adminAnswers,
      Consumer<String> committed,
      UsageFollower follower,
      Clock clock) {
    this.tenants = tenants;
    this.committed = committed;
    this.follower = follower;
    this.attempts = new PostingAttempts(inTenant, adminAnswers, clock);
  }

  /** Runs work in one transaction of a tenant's database. */
  @FunctionalInterface
  public interface Transaction {
    <T> T run(String tenantId, SqlWork<T> work);
  }

  /** What is written beside a batch, in its transaction and before it. */
  @FunctionalInterface
  public interface Beside {
    void write(Connection connection, UUID batch) throws SQLException;
  }

  /**
   * Posts an adjustment, all of it or nothing.
   *
   * @param beside called anew for each attempt
   * @return id of the batch
   * @throws StaleAdjustmentException when the ledger is no longer as the adjustment takes it to be
   * @throws io.platformapi.routes.port.StoreUnavailableException when nothing can be stored now
   */
  public UUID post(
      String tenantId, LedgerAdjustment adjustment, Transaction transaction, Beside beside) {
    return attempts.run(
        tenantId,
        () -> adjustment.calls().stream().map(UsageRecord::startedAt).toList(),
        () -> attempt(tenants.get(tenantId), adjustment, transaction, beside));
  }

  private UUID attempt(
      LedgerTenant tenant, LedgerAdjustment adjustment, Transaction transaction, Beside beside) {
    UsageFollower.Following following = follower.follow(tenant, adjustment.calls());
    UUID batch = Uuid7.next();
    transaction.run(
        tenant.id(),
        connection -> {
          try (var statement = connection.createStatement()) {
            // First of all locks.
            statement.execute(PostingLock.SHARE);
          }
          beside.write(connection, batch);
          writer.adjust(connection, tenant, batch, adjustment, following);
          return batch;
        });
    committed.accept(tenant.id());
    following.committed();
    return batch;
  }
}
