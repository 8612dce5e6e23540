package io.platformapi.service.bench;

import io.platformapi.service.testing.TestDatabases;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What a durable reservation needs at least, in a database of its own: one row is locked, one is
 * inserted, in one round trip, and committed in another. Prepared once for each connection.
 */
final class BareReservations implements AutoCloseable {
  private static final String SCHEMA =
      """
      CREATE TABLE quotas (id bigint PRIMARY KEY, used bigint NOT NULL, held bigint NOT NULL);
      CREATE TABLE reservations (id uuid PRIMARY KEY, quota bigint NOT NULL,
        amount bigint NOT NULL, expires_at timestamptz NOT NULL);
      INSERT INTO quotas SELECT i, 0, 0 FROM generate_series(0, %d) i
      """;

  private static final String RESERVE =
      "SELECT used, held FROM quotas WHERE id = ? FOR UPDATE;"
          + "INSERT INTO reservations VALUES (?, ?, 1, now() + interval '5 minutes')";

  private final List<Connection> connections = new ArrayList<>();
  private final List<PreparedStatement> statements = new ArrayList<>();

  private BareReservations() {}

  static BareReservations of(int callers, int quotas) throws SQLException {
    String database = "bare_" + UUID.randomUUID().toString().replace("-", "");
    TestDatabases.execute("postgres", "CREATE DATABASE " + database);
    TestDatabases.execute(database, SCHEMA.formatted(quotas - 1));
    BareReservations bare = new BareReservations();
    for (int i = 0; i < callers; i++) {
      Connection connection = TestDatabases.connect(database);
      connection.setAutoCommit(false);
      bare.connections.add(connection);
      bare.statements.add(connection.prepareStatement(RESERVE));
    }
    return bare;
  }

  void reserve(int caller, long quota) throws SQLException {
    PreparedStatement statement = statements.get(caller);
    statement.setLong(1, quota);
    statement.setObject(2, UUID.randomUUID());
    statement.setLong(3, quota);
    statement.execute();
    connections.get(caller).commit();
  }

  @Override
  public void close() throws SQLException {
    for (Connection connection : connections) {
      connection.close();
    }
  }
}
