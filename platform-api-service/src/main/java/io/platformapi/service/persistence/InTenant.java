package io.platformapi.service.persistence;

import java.util.function.Supplier;

/**
 * Runs work inside one tenant's database: the tenant is set before the session opens and cleared
 * always.
 *
 * <p>Inside the work every DAO built on the tenant session factory sees the session through {@code
 * getCurrentSession()}. A unit of the same tenant inside a unit joins it; a unit of another tenant
 * is refused with {@link IllegalStateException}.
 */
public final class InTenant {

  /**
   * Runs the work in one transaction: committed when it returns, rolled back when it throws.
   *
   * @throws UnknownDatabaseException when no usable database is registered for the tenant
   * @throws DatabaseUnavailableException when the database, or a connection of the budget, cannot
   *     be had now
   */
  public <T> T transaction(String tenantId, Supplier<T> work) {
    throw new UnsupportedOperationException();
  }

  /** Like {@link #transaction}, read-only. */
  public <T> T read(String tenantId, Supplier<T> work) {
    throw new UnsupportedOperationException();
  }

  /**
   * Runs plain SQL on a connection of the tenant in one transaction, without a Hibernate session.
   * SQL errors come out as {@link DatabaseUnavailableException} (connection, resources, shutdown)
   * or as the {@link java.sql.SQLException} wrapped in {@link SqlFailure}.
   */
  public <T> T sql(String tenantId, SqlWork<T> work) {
    throw new UnsupportedOperationException();
  }
}
