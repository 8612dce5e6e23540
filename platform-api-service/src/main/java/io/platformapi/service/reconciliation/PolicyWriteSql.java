package io.platformapi.service.reconciliation;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/** Writes the rows of {@code reconciliation_policy} and of its actions. */
final class PolicyWriteSql {
  private static final String LOCK = "SELECT version FROM reconciliation_policy FOR UPDATE";
  private static final String UPDATE =
      """
      UPDATE reconciliation_policy
      SET enabled = ?, tolerance_nanos = ?, tolerance_ppm = ?, settle_after_seconds = ?,
        push_limits = ?, version = ?
      """;
  private static final String FORGET = "DELETE FROM reconciliation_policy_actions";
  private static final String INSERT =
      "INSERT INTO reconciliation_policy_actions (difference, action) VALUES (?, ?)";

  private PolicyWriteSql() {}

  /** Keeps everybody else from changing it until the transaction ends. */
  static void lock(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(LOCK);
    }
  }

  static void write(Connection connection, ReconciliationPolicy policy) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
      update.setBoolean(1, policy.enabled());
      update.setLong(2, policy.toleranceNanos());
      update.setInt(3, policy.tolerancePpm());
      update.setLong(4, policy.settleAfter().toSeconds());
      update.setBoolean(5, policy.pushLimits());
      update.setLong(6, policy.version());
      update.executeUpdate();
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute(FORGET);
    }
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      for (Map.Entry<DifferenceClass, PolicyAction> action : policy.actions().entrySet()) {
        insert.setString(1, action.getKey().wire());
        insert.setString(2, action.getValue().wire());
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }
}
