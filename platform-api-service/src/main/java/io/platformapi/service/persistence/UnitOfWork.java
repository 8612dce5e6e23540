package io.platformapi.service.persistence;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.hibernate.FlushMode;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.Transaction;
import org.hibernate.context.internal.ManagedSessionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread's transaction on one database: opened, bound, ended and unbound in every case. */
final class UnitOfWork {
  private static final Logger LOG = LoggerFactory.getLogger(UnitOfWork.class);

  private final SessionFactory factory;
  private final Source source;
  private final ThreadLocal<Unit> current = new ThreadLocal<>();

  UnitOfWork(SessionFactory factory, Source source) {
    this.factory = factory;
    this.source = source;
  }

  <T> T session(String database, boolean readOnly, Supplier<T> work) {
    Unit outer = current.get();
    if (outer != null) {
      return join(outer, database, readOnly, work);
    }
    Unit unit = new Unit(database, readOnly);
    current.set(unit);
    T result;
    try (Session session = source.session(database)) {
      unit.session = session;
      ManagedSessionContext.bind(session);
      result = readOnly ? reading(unit, work) : inTransaction(unit, work);
    } catch (RuntimeException e) {
      throw SqlErrors.translate(e);
    } finally {
      ManagedSessionContext.unbind(factory);
      current.remove();
    }
    unit.committed();
    return result;
  }

  /**
   * @param leavesNothing whether the work sets nothing in the session that outlives its transaction
   */
  <T> T sql(String database, boolean leavesNothing, SqlWork<T> work) {
    Unit outer = current.get();
    if (outer != null) {
      return join(outer, database, outer.readOnly, () -> onConnectionOf(outer, work));
    }
    Unit unit = new Unit(database, false);
    current.set(unit);
    T result;
    try (Connection connection = source.connection(database)) {
      unit.connection = connection;
      result = inTransaction(unit, connection, work);
      if (leavesNothing && connection instanceof LeasedConnection.Lease lease) {
        lease.leavesNothing();
      }
    } catch (SQLException e) {
      throw SqlErrors.translate(e);
    } catch (RuntimeException e) {
      throw SqlErrors.translate(e);
    } finally {
      current.remove();
    }
    unit.committed();
    return result;
  }

  /** Whether this thread is inside a unit. */
  boolean isOpen() {
    return current.get() != null;
  }

  void afterCommit(Runnable action) {
    Unit unit = current.get();
    if (unit == null || unit.readOnly) {
      throw new IllegalStateException("a change outside of a transaction");
    }
    unit.afterCommit.add(action);
  }

  private <T> T join(Unit outer, String database, boolean readOnly, Supplier<T> work) {
    if (!outer.database.equals(database)) {
      throw new IllegalStateException(
          "a unit of " + database + " inside a unit of " + outer.database);
    }
    if (outer.readOnly && !readOnly) {
      throw new IllegalStateException("a change inside a read of " + database);
    }
    try {
      return work.get();
    } catch (RuntimeException | Error e) {
      // Whoever catches this further out must not commit half of the inner unit.
      outer.rollbackOnly |= !readOnly;
      throw e;
    }
  }

  private static <T> T onConnectionOf(Unit unit, SqlWork<T> work) {
    if (unit.session == null) {
      try {
        return work.run(unit.connection);
      } catch (SQLException e) {
        throw SqlErrors.translate(e);
      }
    }
    if (!unit.readOnly) {
      unit.session.flush();
    }
    try {
      return unit.session.doReturningWork(work::run);
    } catch (RuntimeException e) {
      throw SqlErrors.translate(e);
    }
  }

  private static <T> T reading(Unit unit, Supplier<T> work) {
    Session session = unit.session;
    session.setDefaultReadOnly(true);
    session.setHibernateFlushMode(FlushMode.MANUAL);
    session.doWork(connection -> connection.setReadOnly(true));
    try {
      return inTransaction(unit, work);
    } finally {
      writableAgain(session);
    }
  }

  /** The connection's next unit may be one that writes. */
  private static void writableAgain(Session session) {
    try {
      session.doWork(connection -> connection.setReadOnly(false));
    } catch (RuntimeException e) {
      LOG.debug("a connection broke at the end of a read", e);
    }
  }

  private static <T> T inTransaction(Unit unit, Supplier<T> work) {
    Transaction transaction = unit.session.beginTransaction();
    try {
      T result = work.get();
      unit.refuseHalfWork();
      transaction.commit();
      return result;
    } catch (RuntimeException | Error e) {
      try {
        if (transaction.isActive() || transaction.getStatus().canRollback()) {
          transaction.rollback();
        }
      } catch (RuntimeException failed) {
        LOG.debug("a rollback failed", failed);
      }
      throw e;
    }
  }

  private static <T> T inTransaction(Unit unit, Connection connection, SqlWork<T> work)
      throws SQLException {
    try {
      T result = work.run(connection);
      unit.refuseHalfWork();
      connection.commit();
      return result;
    } catch (SQLException | RuntimeException | Error e) {
      try {
        connection.rollback();
      } catch (SQLException failed) {
        LOG.debug("a rollback failed", failed);
      }
      throw e;
    }
  }

  /** Where sessions and connections of a database come from. */
  interface Source {
    Session session(String database);

    /** A connection in manual commit mode. */
    Connection connection(String database) throws SQLException;
  }

  private static final class Unit {
    final String database;
    final boolean readOnly;
    Session session;
    Connection connection;
    boolean rollbackOnly;
    final List<Runnable> afterCommit = new ArrayList<>();

    Unit(String database, boolean readOnly) {
      this.database = database;
      this.readOnly = readOnly;
    }

    /** The change is made, whatever becomes of those who are told. */
    void committed() {
      for (Runnable action : afterCommit) {
        try {
          action.run();
        } catch (RuntimeException e) {
          LOG.error("a change of {} could not be told", database, e);
        }
      }
    }

    void refuseHalfWork() {
      if (rollbackOnly) {
        throw new IllegalStateException("an inner unit of " + database + " failed");
      }
    }
  }
}
