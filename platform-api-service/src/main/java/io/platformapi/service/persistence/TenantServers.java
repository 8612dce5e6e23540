package io.platformapi.service.persistence;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * Opens connections to the configured PostgreSQL servers.
 *
 * <p>After a server could not be reached, others who want it fail at once for a moment, so that one
 * dead server does not hold the threads that serve the rest.
 */
public final class TenantServers {
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);
  private static final Duration SOCKET_MARGIN = Duration.ofSeconds(15);

  private final Map<String, DatabaseServer> servers;
  private final ConnectionSettings settings;
  private final Driver driver = new Driver();
  private final Map<String, Long> failedAt = new ConcurrentHashMap<>();

  public TenantServers(Map<String, DatabaseServer> servers, ConnectionSettings settings) {
    this.servers = Map.copyOf(servers);
    this.settings = settings;
  }

  public Set<String> names() {
    return servers.keySet();
  }

  /** The database of a server from which databases are created and dropped. */
  public DatabaseAddress maintenance(String server) {
    return new DatabaseAddress(server, server(server).maintenanceDatabase());
  }

  ConnectionSettings settings() {
    return settings;
  }

  Connection open(DatabaseAddress address) {
    DatabaseServer server = server(address.server());
    Long failed = failedAt.get(address.server());
    if (failed != null && System.nanoTime() - failed < PAUSE_AFTER_FAILURE.toNanos()) {
      throw new DatabaseUnavailableException(
          "server " + address.server() + " could not be reached a moment ago", null);
    }
    try {
      Connection connection = driver.connect(server.urlOf(address.name()), properties(server));
      failedAt.remove(address.server());
      return connection;
    } catch (SQLException e) {
      if (SqlErrors.isConnectionState(e.getSQLState())) {
        failedAt.put(address.server(), System.nanoTime());
      }
      throw new DatabaseUnavailableException("cannot connect to " + address, e);
    }
  }

  private DatabaseServer server(String name) {
    DatabaseServer server = servers.get(name);
    if (server == null) {
      throw new DatabaseUnavailableException("no server " + name + " is configured", null);
    }
    return server;
  }

  private Properties properties(DatabaseServer server) {
    Properties properties = new Properties();
    PGProperty.USER.set(properties, server.user());
    PGProperty.PASSWORD.set(properties, server.password());
    PGProperty.APPLICATION_NAME.set(properties, "platform-api-tenant");
    PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "14");
    PGProperty.CONNECT_TIMEOUT.set(properties, (int) settings.connectTimeout().toSeconds());
    PGProperty.LOGIN_TIMEOUT.set(properties, (int) settings.connectTimeout().toSeconds());
    // A server that hangs is noticed even when it does not enforce its own statement timeout.
    PGProperty.SOCKET_TIMEOUT.set(
        properties, (int) settings.statementTimeout().plus(SOCKET_MARGIN).toSeconds());
    PGProperty.TCP_KEEP_ALIVE.set(properties, true);
    PGProperty.REWRITE_BATCHED_INSERTS.set(properties, true);
    // Values of rows stay out of error messages, and so out of logs.
    PGProperty.LOG_SERVER_ERROR_DETAIL.set(properties, false);
    PGProperty.OPTIONS.set(
        properties,
        "-c statement_timeout=%d -c lock_timeout=%d -c idle_in_transaction_session_timeout=%d"
            .formatted(
                settings.statementTimeout().toMillis(),
                settings.lockTimeout().toMillis(),
                settings.statementTimeout().multipliedBy(2).toMillis()));
    return properties;
  }
}
