package io.platformapi.service.persistence;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.hibernate.Session;
import org.hibernate.SessionFactory;

/** Runs work inside the admin database; see {@link InTenant} for the rules. */
public final class InAdmin {
  private static final String ADMIN = "admin";

  private final UnitOfWork units;

  /**
   * @param sessions the admin session factory
   * @param source of connections in manual commit mode
   */
  public InAdmin(SessionFactory sessions, DataSource source) {
    this.units =
        new UnitOfWork(
            sessions,
            new UnitOfWork.Source() {
              @Override
              public Session session(String database) {
                return sessions.openSession();
              }

              @Override
              public Connection connection(String database) throws SQLException {
                return source.getConnection();
              }
            });
  }

  public <T> T transaction(Supplier<T> work) {
    return units.session(ADMIN, false, work);
  }

  public <T> T read(Supplier<T> work) {
    return units.session(ADMIN, true, work);
  }

  public <T> T sql(SqlWork<T> work) {
    return units.sql(ADMIN, false, work);
  }

  /** Whether this thread is inside a unit of work. */
  public boolean isOpen() {
    return units.isOpen();
  }

  /**
   * Runs an action after this thread's unit has been committed and closed, before the unit returns;
   * never when it is rolled back.
   *
   * @throws IllegalStateException outside of a unit, or in one that only reads
   */
  public void afterCommit(Runnable action) {
    units.afterCommit(action);
  }
}
