package io.platformapi.service.persistence;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** A connection to a server's maintenance database, for work on databases as a whole. */
public final class MaintenanceSession implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,62}");
  private static final String DUPLICATE_DATABASE = "42P04";
  private static final String SETTINGS =
      "SET statement_timeout = %1$d; SET lock_timeout = %1$d"
          .formatted(PATIENCE.minusSeconds(10).toMillis());
  private static final String LOCK = "SELECT pg_advisory_lock(hashtextextended(?, 0))";

  private final Connection connection;
  private final int networkTimeout;

  /**
   * @throws DatabaseUnavailableException when the server cannot be reached
   */
  public MaintenanceSession(TenantServers servers, TenantConnectionPool pool, String server) {
    this(servers, pool, server, session -> session.execute(SETTINGS));
  }

  private MaintenanceSession(
      TenantServers servers,
      TenantConnectionPool pool,
      String server,
      Consumer<MaintenanceSession> opening) {
    this.connection = pool.borrow(servers.maintenance(server));
    try {
      this.networkTimeout = connection.getNetworkTimeout();
      connection.setAutoCommit(true);
      connection.setNetworkTimeout(Runnable::run, (int) PATIENCE.toMillis());
      opening.accept(this);
    } catch (SQLException | RuntimeException e) {
      forget();
      throw e instanceof SQLException sql ? SqlErrors.translate(sql) : (RuntimeException) e;
    }
  }

  /**
   * A session that begins with {@link #lock}, in the round trip of its settings.
   *
   * @throws DatabaseUnavailableException when the server cannot be reached
   */
  public static MaintenanceSession locked(
      TenantServers servers, TenantConnectionPool pool, String server, String name) {
    return new MaintenanceSession(
        servers, pool, server, session -> session.lock(SETTINGS + ";" + LOCK, name));
  }

  /** Waits until no other session of the server holds the name; released when closed. */
  public void lock(String name) {
    lock(LOCK, name);
  }

  /** Releases {@link #lock}. */
  public void unlock(String name) {
    run("SELECT pg_advisory_unlock(hashtextextended(?, 0))", name);
  }

  /** Takes the name when no other session holds it. */
  public boolean tryLock(String name) {
    return run("SELECT pg_try_advisory_lock(hashtextextended(?, 0))", name).get(0).equals("t");
  }

  public boolean exists(String database) {
    return !run("SELECT datname FROM pg_database WHERE datname = ?", database).isEmpty();
  }

  /** Names of the databases that begin with a prefix. */
  public List<String> databases(String prefix) {
    return run("SELECT datname FROM pg_database WHERE starts_with(datname, ?)", prefix);
  }

  /**
   * Copies a template. Nothing is there when it fails: PostgreSQL makes a database whole or not at
   * all. Through the log, its default: copying files asks for two checkpoints and took half as long
   * again for a template of our size.
   *
   * @return false when the database exists already
   */
  public boolean create(String database, String template) {
    try {
      execute("CREATE DATABASE " + quoted(database) + " TEMPLATE " + quoted(template));
      return true;
    } catch (SqlFailure e) {
      if (DUPLICATE_DATABASE.equals(e.sqlState())) {
        return false;
      }
      throw e;
    }
  }

  /** Drops a database with whoever is connected to it; does nothing when there is none. */
  public void drop(String database) {
    execute("DROP DATABASE IF EXISTS " + quoted(database) + " WITH (FORCE)");
  }

  void alter(String database, String change) {
    execute("ALTER DATABASE " + quoted(database) + " " + change);
  }

  @Override
  public void close() {
    try {
      connection.setNetworkTimeout(Runnable::run, networkTimeout);
      connection.close();
    } catch (SQLException e) {
      forget();
    }
  }

  private void forget() {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      throw SqlErrors.translate(e);
    }
  }

  private static String quoted(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not a database name: " + name);
    }
    return '"' + name + '"';
  }

  private void lock(String sql, String name) {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name);
      statement.execute();
    } catch (SQLException e) {
      throw SqlErrors.translate(e);
    }
  }

  private void execute(String sql) {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw SqlErrors.translate(e);
    }
  }

  private List<String> run(String sql, String name) {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name);
      List<String> values = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          values.add(rows.getString(1));
        }
      }
      return values;
    } catch (SQLException e) {
      throw SqlErrors.translate(e);
    }
  }
}
