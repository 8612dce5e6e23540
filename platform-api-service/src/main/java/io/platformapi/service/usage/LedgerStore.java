package io.platformapi.service.usage;

import io.platformapi.routes.message.StoreResult;
import io.platformapi.routes.message.UsageBatch;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.routes.port.RejectedByStoreException;
import io.platformapi.routes.port.StoreUnavailableException;
import io.platformapi.routes.port.TenantUnavailableException;
import io.platformapi.routes.port.UsageStore;
import io.platformapi.service.persistence.DatabaseUnavailableException;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.persistence.SqlFailure;
import io.platformapi.service.persistence.UnknownDatabaseException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Posts usage into the tenants' ledgers, each batch in one transaction of its tenant's database.
 */
public final class LedgerStore implements UsageStore {
  private static final int ATTEMPTS = 5;
  private static final int REPAIRS = 20;
  private static final String DEADLOCK_OR_SERIALIZATION = "40";

  // Data exception, integrity constraint, and program limit (such as a value too long to index).
  private static final List<String> DATA_ERRORS = List.of("22", "23", "54");

  private final InTenant inTenant;
  private final LedgerTenants tenants;
  private final BooleanSupplier adminAnswers;
  private final Consumer<String> committed;
  private final UsageFollower follower;
  private final LedgerWriter writer = new LedgerWriter();
  private final UsagePartitions partitions;

  /**
   * @param adminAnswers whether the admin database answers now: tells a tenant's outage from one of
   *     everything
   * @param committed told the tenant after a commit that left an event in its outbox; must only
   *     leave a note
   * @param follower keeps up what depends on usage
   */
  public LedgerStore(
      InTenant inTenant,
      LedgerTenants tenants,
      BooleanSupplier adminAnswers,
      Consumer<String> committed,
      UsageFollower follower,
      Clock clock) {
    this.inTenant = inTenant;
    this.tenants = tenants;
    this.adminAnswers = adminAnswers;
    this.committed = committed;
    this.follower = follower;
    this.partitions = new UsagePartitions(clock);
  }

  @Override
  public StoreResult store(String tenantId, UsageBatch batch) {
    try {
      LedgerTenant tenant = tenants.get(tenantId);
      int failures = 0;
      int repairs = 0;
      while (true) {
        try {
          return attempt(tenant, batch);
        } catch (PostAgainException again) {
          if (++repairs == REPAIRS) {
            throw new TenantUnavailableException(again.getMessage(), again);
          }
          again.repair();
        } catch (SqlFailure failure) {
          if (++failures == ATTEMPTS || !repaired(tenantId, batch, failure)) {
            throw failure;
          }
        }
      }
    } catch (SqlFailure failure) {
      throw translate(tenantId, failure);
    } catch (ArithmeticException e) {
      throw new RejectedByStoreException("the sums of a batch do not fit 64 bits", e);
    } catch (UnknownDatabaseException e) {
      throw new TenantUnavailableException("tenant " + tenantId + " has no database", e);
    } catch (DatabaseUnavailableException e) {
      if (adminAnswers.getAsBoolean()) {
        throw new TenantUnavailableException("the database of " + tenantId + " is down", e);
      }
      throw new StoreUnavailableException("the databases are down", e);
    }
  }

  private StoreResult attempt(LedgerTenant tenant, UsageBatch batch) {
    UsageFollower.Following following =
        batch.usage().isEmpty()
            ? UsageFollower.Following.NOTHING
            : follower.follow(tenant, batch.usage());
    StoreResult result =
        inTenant.sql(tenant.id(), connection -> writer.write(connection, tenant, batch, following));
    if (result.posted() > 0) {
      committed.accept(tenant.id());
      following.committed();
    }
    return result;
  }

  /** Whether another attempt may succeed. */
  private boolean repaired(String tenantId, UsageBatch batch, SqlFailure failure) {
    if (failure.getCause() instanceof SQLException error && UsagePartitions.missing(error)) {
      return inTenant.sql(
          tenantId,
          connection -> {
            partitions.create(
                connection, batch.usage().stream().map(UsageRecord::startedAt).toList());
            return true;
          });
    }
    return inClass(failure, DEADLOCK_OR_SERIALIZATION);
  }

  private static RuntimeException translate(String tenantId, SqlFailure failure) {
    if (DATA_ERRORS.stream().anyMatch(sqlClass -> inClass(failure, sqlClass))) {
      return new RejectedByStoreException(
          "refused by the database, SQLState " + failure.sqlState(), failure);
    }
    // The statement works for other tenants: something is wrong with this one's database.
    return new TenantUnavailableException(
        "the database of " + tenantId + " fails, SQLState " + failure.sqlState(), failure);
  }

  private static boolean inClass(SqlFailure failure, String sqlClass) {
    return failure.sqlState() != null && failure.sqlState().startsWith(sqlClass);
  }
}
