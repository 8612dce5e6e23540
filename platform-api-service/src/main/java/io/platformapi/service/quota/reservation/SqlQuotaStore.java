package io.platformapi.service.quota.reservation;

import io.platformapi.service.http.IdempotencyBatch;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.persistence.SqlFailure;
import io.platformapi.service.quota.balance.AlertWriter;
import io.platformapi.service.usage.LedgerTenant;
import io.platformapi.service.usage.LedgerTenants;
import io.platformapi.service.usage.SettlementWriter;
import io.platformapi.service.usage.UsagePartitions;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** Balances and reservations in the tenants' databases. */
public final class SqlQuotaStore implements QuotaStore {
  private static final String DEADLOCK_OR_SERIALIZATION = "40";

  private final InTenant inTenant;
  private final LedgerTenants tenants;
  private final IdempotencyBatch idempotency;
  private final Consumer<String> posted;
  private final AlertWriter alerts;
  private final SettlementWriter ledger = new SettlementWriter();
  private final UsagePartitions partitions;
  private final Clock clock;

  /**
   * @param posted told the tenant after a commit that left an event in its outbox; must only leave
   *     a note
   */
  public SqlQuotaStore(
      InTenant inTenant,
      LedgerTenants tenants,
      IdempotencyBatch idempotency,
      AlertWriter alerts,
      Consumer<String> posted,
      Clock clock) {
    this.inTenant = inTenant;
    this.tenants = tenants;
    this.idempotency = idempotency;
    this.alerts = alerts;
    this.posted = posted;
    this.partitions = new UsagePartitions(clock);
    this.clock = clock;
  }

  @Override
  public <T> T transaction(String tenantId, Function<QuotaTransaction, T> work) {
    LedgerTenant tenant = tenants.get(tenantId);
    try {
      boolean[] events = new boolean[1];
      T result =
          inTenant.sqlLeavingNothing(
              tenantId,
              connection -> {
                SqlQuotaTransaction transaction =
                    new SqlQuotaTransaction(connection, tenant, idempotency, ledger, alerts);
                T done = work.apply(transaction);
                events[0] = transaction.posted();
                return done;
              });
      if (events[0]) {
        posted.accept(tenantId);
      }
      return result;
    } catch (SqlFailure failure) {
      if (repaired(tenantId, failure)) {
        throw new ContendedException("begun anew", failure);
      }
      throw failure;
    }
  }

  /** Whether another attempt may succeed. */
  private boolean repaired(String tenantId, SqlFailure failure) {
    if (failure.getCause() instanceof SQLException error && UsagePartitions.missing(error)) {
      Instant now = clock.instant();
      return inTenant.sql(
          tenantId,
          connection -> {
            partitions.create(connection, List.of(now.minus(Expiry.KEPT.multipliedBy(2)), now));
            return true;
          });
    }
    return failure.sqlState() != null && failure.sqlState().startsWith(DEADLOCK_OR_SERIALIZATION);
  }
}
