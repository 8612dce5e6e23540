package io.platformapi.service.usage;

import io.platformapi.routes.port.RejectedByStoreException;
import io.platformapi.routes.port.StoreUnavailableException;
import io.platformapi.routes.port.TenantUnavailableException;
import io.platformapi.service.persistence.DatabaseUnavailableException;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.persistence.SqlFailure;
import io.platformapi.service.persistence.UnknownDatabaseException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Tries a posting again after what can be repaired, and tells what cannot be. */
final class PostingAttempts {
  private static final int ATTEMPTS = 5;
  private static final int REPAIRS = 20;
  private static final String DEADLOCK_OR_SERIALIZATION = "40";

  // Data exception, integrity constraint, and program limit (such as a value too long to index).
  private static final List<String> DATA_ERRORS = List.of("22", "23", "54");

  private final InTenant inTenant;
  private final BooleanSupplier adminAnswers;
  private final UsagePartitions partitions;

  /**
   * @param adminAnswers whether the admin database answers now: tells a tenant's outage from one of
   *     everything
   */
  PostingAttempts(InTenant inTenant, BooleanSupplier adminAnswers, Clock clock) {
    this.inTenant = inTenant;
    this.adminAnswers = adminAnswers;
    this.partitions = new UsagePartitions(clock);
  }

  /**
   * @param times start times of the calls that are posted
   * @param attempt one transaction
   * @throws RejectedByStoreException when the data can never be stored
   * @throws TenantUnavailableException when this tenant's database is down and others are not
   * @throws StoreUnavailableException when nothing can be stored now
   */
  <T> T run(String tenantId, Supplier<Collection<Instant>> times, Supplier<T> attempt) {
    try {
      int failures = 0;
      int repairs = 0;
      while (true) {
        try {
          return attempt.get();
        } catch (PostAgainException again) {
          if (++repairs == REPAIRS) {
            throw new TenantUnavailableException(again.getMessage(), again);
          }
          again.repair();
        } catch (SqlFailure failure) {
          if (++failures == ATTEMPTS || !repaired(tenantId, times, failure)) {
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

  /** Whether another attempt may succeed. */
  private boolean repaired(
      String tenantId, Supplier<Collection<Instant>> times, SqlFailure failure) {
    if (failure.getCause() instanceof SQLException error && UsagePartitions.missing(error)) {
      return inTenant.sql(
          tenantId,
          connection -> {
            partitions.create(connection, times.get());
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
