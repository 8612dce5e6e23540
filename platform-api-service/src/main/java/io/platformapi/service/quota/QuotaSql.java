package io.platformapi.service.quota;

import io.platformapi.service.usage.LedgerScope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The rows of {@code quotas} and of {@code quota_set}, on a connection in a transaction. */
final class QuotaSql {
  private static final UUID FIRST = new UUID(0, 0);

  private static final String READ =
      """
      SELECT s.version, q.id, q.dimension, q.scope, q.scope_id, q.window_kind, q.limit_value, q.mode
      FROM quota_set s
      LEFT JOIN (SELECT * FROM quotas WHERE id > ? ORDER BY id LIMIT ?) q ON true
      ORDER BY q.id
      """;

  private static final String INSERT =
      """
      INSERT INTO quotas (id, dimension, scope, scope_id, window_kind, limit_value, mode)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """;

  /** The first of the set that come after an id, or from the beginning when it is null. */
  QuotaSet read(Connection connection, UUID after, int limit) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(READ)) {
      statement.setObject(1, after == null ? FIRST : after);
      statement.setInt(2, limit);
      try (ResultSet rows = statement.executeQuery()) {
        long version = 0;
        List<Quota> quotas = new ArrayList<>();
        while (rows.next()) {
          version = rows.getLong(1);
          if (rows.getObject(2) != null) {
            quotas.add(quota(rows));
          }
        }
        return new QuotaSet(version, quotas);
      }
    }
  }

  /** Keeps everybody else from changing the set until the transaction ends. */
  void lock(Connection connection) throws SQLException {
    execute(connection, "SELECT version FROM quota_set FOR UPDATE");
  }

  /** Puts these limits in the place of all that there are. */
  void replace(Connection connection, List<Quota> quotas) throws SQLException {
    execute(connection, "DELETE FROM quotas");
    try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
      for (Quota quota : quotas) {
        statement.setObject(1, quota.id());
        statement.setString(2, quota.dimension().wire());
        statement.setString(3, quota.scope().wire());
        statement.setString(4, quota.scopeId());
        statement.setString(5, quota.window().wire());
        statement.setLong(6, quota.limit());
        statement.setString(7, quota.mode().wire());
        statement.addBatch();
      }
      statement.executeBatch();
    }
    execute(connection, "UPDATE quota_set SET version = version + 1");
  }

  /** The limit that a row with all columns of {@code quotas} holds. */
  static Quota quota(ResultSet row) throws SQLException {
    return new Quota(
        row.getObject("id", UUID.class),
        QuotaDimension.NAMES.parse(row.getString("dimension")).orElseThrow(),
        LedgerScope.NAMES.parse(row.getString("scope")).orElseThrow(),
        row.getString("scope_id"),
        QuotaWindow.NAMES.parse(row.getString("window_kind")).orElseThrow(),
        row.getLong("limit_value"),
        QuotaMode.NAMES.parse(row.getString("mode")).orElseThrow());
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
