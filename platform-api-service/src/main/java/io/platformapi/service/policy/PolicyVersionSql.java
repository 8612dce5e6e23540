package io.platformapi.service.policy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** The one row of {@code policy_version}, on a connection in a transaction. */
final class PolicyVersionSql {
  private static final String READ = "SELECT version FROM policy_version";
  private static final String LOCK = "SELECT version FROM policy_version FOR UPDATE";
  private static final String RAISE =
      "UPDATE policy_version SET version = version + 1 RETURNING version";

  long read(Connection connection) throws SQLException {
    return number(connection, READ);
  }

  /** Keeps everybody else from changing anything of the policy until the transaction ends. */
  void lock(Connection connection) throws SQLException {
    number(connection, LOCK);
  }

  /** The new version. */
  long raise(Connection connection) throws SQLException {
    return number(connection, RAISE);
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }
}
