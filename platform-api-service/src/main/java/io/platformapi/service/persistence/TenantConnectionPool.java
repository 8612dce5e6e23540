package io.platformapi.service.persistence;

import io.platformapi.service.concurrent.DaemonThreads;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of this node to all tenant databases, within one budget.
 *
 * <p>Turns are given first come, first served over all databases: a busy tenant waits like any
 * other and may hold only its share. An unused connection is closed after the idle timeout, or at
 * once when another database needs its place.
 */
public final class TenantConnectionPool implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TenantConnectionPool.class);
  private static final Duration TRUSTED_WHEN_IDLE_FOR = Duration.ofSeconds(2);
  private static final int VALIDATION_SECONDS = 2;

  private final TenantServers servers;
  private final ConnectionSettings settings;
  private final Semaphore turns;
  private final Map<DatabaseAddress, Semaphore> shares = new ConcurrentHashMap<>();
  private final ScheduledExecutorService evictor;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Idle> idle = new ArrayDeque<>();
  private int open;
  private boolean closed;

  public TenantConnectionPool(TenantServers servers) {
    this.servers = servers;
    this.settings = servers.settings();
    this.turns = new Semaphore(settings.budget(), true);
    this.evictor =
        Executors.newSingleThreadScheduledExecutor(new DaemonThreads("tenant-connections"));
    long period = Math.max(50, settings.idleTimeout().toMillis() / 4);
    evictor.scheduleWithFixedDelay(this::evict, period, period, TimeUnit.MILLISECONDS);
  }

  /**
   * Lends a connection, in manual commit mode. Closing it gives it back, uncommitted work rolled
   * back; aborting it makes the pool forget it.
   *
   * @throws DatabaseUnavailableException when there is no turn in time or the database cannot be
   *     reached
   */
  public Connection borrow(DatabaseAddress address) {
    long deadline = System.nanoTime() + settings.borrowTimeout().toNanos();
    Semaphore share =
        shares.computeIfAbsent(
            address, a -> new Semaphore(Math.min(settings.perDatabase(), settings.budget()), true));
    await(share, deadline, address);
    try {
      await(turns, deadline, address);
      try {
        Connection connection = connect(address, deadline);
        return LeasedConnection.of(connection, returned -> giveBack(address, connection, returned));
      } catch (RuntimeException | Error e) {
        turns.release();
        throw e;
      }
    } catch (RuntimeException | Error e) {
      share.release();
      throw e;
    }
  }

  /** Closes the unused connections to a database, so that it can be dropped or cloned. */
  public void closeIdle(DatabaseAddress address) {
    List<Idle> unused = new ArrayList<>();
    lock.lock();
    try {
      idle.removeIf(entry -> entry.address.equals(address) && unused.add(entry));
    } finally {
      lock.unlock();
    }
    unused.forEach(entry -> discard(entry.connection));
  }

  /** Connections open now, lent or not; never above the budget. */
  public int open() {
    lock.lock();
    try {
      return open;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    evictor.shutdownNow();
    List<Idle> unused;
    lock.lock();
    try {
      closed = true;
      unused = List.copyOf(idle);
      idle.clear();
    } finally {
      lock.unlock();
    }
    unused.forEach(entry -> discard(entry.connection));
  }

  private static void await(Semaphore semaphore, long deadline, DatabaseAddress address) {
    try {
      if (!semaphore.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        throw new DatabaseUnavailableException("no connection to " + address + " in time", null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DatabaseUnavailableException("interrupted while waiting for " + address, e);
    }
  }

  private Connection connect(DatabaseAddress address, long deadline) {
    while (true) {
      Place place = take(address, deadline);
      if (place.own != null) {
        if (usable(place.own)) {
          return place.own.connection;
        }
        // One dead connection is seldom alone: the server restarted or the network went.
        discard(place.own.connection);
        closeIdle(address);
        continue;
      }
      if (place.victim != null) {
        closeQuietly(place.victim.connection);
      }
      try {
        Connection connection = servers.open(address);
        connection.setAutoCommit(false);
        return connection;
      } catch (SQLException e) {
        release();
        throw new DatabaseUnavailableException("cannot connect to " + address, e);
      } catch (RuntimeException | Error e) {
        release();
        throw e;
      }
    }
  }

  /** An unused connection to the database, or a place for a new one. */
  private Place take(DatabaseAddress address, long deadline) {
    lock.lock();
    try {
      while (true) {
        if (closed) {
          throw new DatabaseUnavailableException("the connections are closed", null);
        }
        for (Iterator<Idle> newest = idle.descendingIterator(); newest.hasNext(); ) {
          Idle entry = newest.next();
          if (entry.address.equals(address)) {
            newest.remove();
            return new Place(entry, null);
          }
        }
        if (open < settings.budget()) {
          open++;
          return new Place(null, null);
        }
        if (!idle.isEmpty()) {
          return new Place(null, idle.pollFirst());
        }
        // Whoever has a turn has a place: the missing one is being closed right now.
        if (changed.awaitNanos(deadline - System.nanoTime()) <= 0) {
          throw new DatabaseUnavailableException("no connection to " + address + " in time", null);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DatabaseUnavailableException("interrupted while waiting for " + address, e);
    } finally {
      lock.unlock();
    }
  }

  private static boolean usable(Idle entry) {
    try {
      return System.nanoTime() - entry.since < TRUSTED_WHEN_IDLE_FOR.toNanos()
          ? !entry.connection.isClosed()
          : entry.connection.isValid(VALIDATION_SECONDS);
    } catch (SQLException e) {
      return false;
    }
  }

  private void giveBack(
      DatabaseAddress address, Connection connection, LeasedConnection.Returned returned) {
    try {
      if (!reusable(connection, returned)) {
        discard(connection);
        closeIdle(address);
        return;
      }
      lock.lock();
      try {
        if (!closed) {
          idle.addLast(new Idle(address, connection, System.nanoTime()));
          changed.signal();
          return;
        }
      } finally {
        lock.unlock();
      }
      discard(connection);
    } finally {
      turns.release();
      shares.get(address).release();
    }
  }

  private static boolean reusable(Connection connection, LeasedConnection.Returned returned) {
    return switch (returned) {
      case BROKEN -> false;
      case USED -> reset(connection);
      case CLEAN -> open(connection);
    };
  }

  private static boolean open(Connection connection) {
    try {
      return !connection.isClosed();
    } catch (SQLException e) {
      return false;
    }
  }

  /** Leaves nothing of one unit to the next: transaction, settings, advisory locks. */
  private static boolean reset(Connection connection) {
    try {
      if (connection.isClosed()) {
        return false;
      }
      if (!connection.getAutoCommit()) {
        connection.rollback();
        connection.setAutoCommit(true);
      }
      connection.setReadOnly(false);
      try (var statement = connection.createStatement()) {
        statement.execute("SELECT pg_advisory_unlock_all(); RESET ALL");
      }
      connection.setAutoCommit(false);
      return true;
    } catch (SQLException e) {
      LOG.debug("a connection could not be reset", e);
      return false;
    }
  }

  private void evict() {
    long before = System.nanoTime() - settings.idleTimeout().toNanos();
    List<Idle> unused = new ArrayList<>();
    lock.lock();
    try {
      idle.removeIf(entry -> entry.since - before < 0 && unused.add(entry));
    } finally {
      lock.unlock();
    }
    unused.forEach(entry -> discard(entry.connection));
  }

  private void discard(Connection connection) {
    closeQuietly(connection);
    release();
  }

  private void release() {
    lock.lock();
    try {
      open--;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private static void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.debug("a connection could not be closed", e);
    }
  }

  private record Idle(DatabaseAddress address, Connection connection, long since) {}

  private record Place(Idle own, Idle victim) {}
}
