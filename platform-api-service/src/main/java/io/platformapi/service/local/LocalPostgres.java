package io.platformapi.service.local;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * A real PostgreSQL 16 in a child process with its data in a temporary folder that goes when it is
 * closed. Works as root and as a normal user. Superuser {@code postgres}, no password, loopback
 * only.
 */
public final class LocalPostgres implements AutoCloseable {
  public static final String USER = "postgres";

  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

  private final EmbeddedPostgres server;

  private LocalPostgres(EmbeddedPostgres server) {
    this.server = server;
  }

  /** Starts on a free port. */
  public static LocalPostgres start() throws IOException {
    return new LocalPostgres(
        EmbeddedPostgres.builder()
            .setPGStartupWait(START_TIMEOUT)
            // The owner closes it, after everything that still talks to it has stopped.
            .setRegisterShutdownHook(false)
            .setServerConfig("max_connections", "200")
            .setServerConfig("shared_buffers", "256MB")
            .setServerConfig("timezone", "UTC")
            .start());
  }

  public int port() {
    return server.getPort();
  }

  /** URL of a database of this server, without credentials. */
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://localhost:" + port() + "/" + database;
  }

  /** Creates an empty database. */
  public void createDatabase(String name) throws SQLException {
    try (Connection connection = DriverManager.getConnection(jdbcUrl("postgres"), USER, "");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
