package io.platformapi.service.persistence;

import java.sql.Connection;
import java.util.function.Supplier;
import org.hibernate.Session;
import org.hibernate.SessionFactory;

/**
 * Runs work inside one tenant's database: the tenant is set before the session opens and cleared
 * always.
 *
 * <p>Inside the work every DAO built on the tenant session factory sees the session through {@code
 * getCurrentSession()}. A unit of the same tenant inside a unit joins it; a unit of another tenant
 * is refused with {@link IllegalStateException}, and so is a session unit inside {@link #sql}.
 */
public final class InTenant {
  private final CurrentTenant current;
  private final UnitOfWork units;

  public InTenant(SessionFactory sessions, TenantConnections connections, CurrentTenant current) {
    this.current = current;
    this.units =
        new UnitOfWork(
            sessions,
            new UnitOfWork.Source() {
              @Override
              public Session session(String tenantId) {
                return sessions.withOptions().tenantIdentifier((Object) tenantId).openSession();
              }

              @Override
              public Connection connection(String tenantId) {
                return connections.getConnection(tenantId);
              }
            });
  }

  /**
   * Runs the work in one transaction: committed when it returns, rolled back when it throws.
   *
   * @throws UnknownDatabaseException when no usable database is registered for the tenant
   * @throws DatabaseUnavailableException when the database, or a connection of the budget, cannot
   *     be had now
   */
  public <T> T transaction(String tenantId, Supplier<T> work) {
    return withTenant(tenantId, () -> units.session(tenantId, false, work));
  }

  /** Like {@link #transaction}, read-only. */
  public <T> T read(String tenantId, Supplier<T> work) {
    return withTenant(tenantId, () -> units.session(tenantId, true, work));
  }

  /**
   * Runs plain SQL on a connection of the tenant in one transaction, without a Hibernate session.
   * SQL errors come out as {@link DatabaseUnavailableException} (connection, resources, shutdown)
   * or as the {@link java.sql.SQLException} wrapped in {@link SqlFailure}.
   */
  public <T> T sql(String tenantId, SqlWork<T> work) {
    return withTenant(tenantId, () -> units.sql(tenantId, false, work));
  }

  /**
   * Like {@link #sql}, for work that leaves nothing in the session: it sets nothing that outlives
   * its transaction and takes no lock but the transaction's. That saves the round trip in which a
   * connection is cleaned for the next unit.
   */
  public <T> T sqlLeavingNothing(String tenantId, SqlWork<T> work) {
    return withTenant(tenantId, () -> units.sql(tenantId, true, work));
  }

  /** Whether this thread is inside a unit of work. */
  public boolean isOpen() {
    return units.isOpen();
  }

  /**
   * Runs an action after this thread's unit has been committed and closed; see {@link
   * InAdmin#afterCommit}.
   */
  public void afterCommit(Runnable action) {
    units.afterCommit(action);
  }

  private <T> T withTenant(String tenantId, Supplier<T> unit) {
    String outer = current.resolveCurrentTenantIdentifier();
    if (outer != null) {
      return unit.get();
    }
    current.set(tenantId);
    try {
      return unit.get();
    } finally {
      current.clear();
    }
  }
}
