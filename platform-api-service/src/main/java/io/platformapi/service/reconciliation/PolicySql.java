package io.platformapi.service.reconciliation;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** The rows of {@code reconciliation_policy} and of its actions. */
final class PolicySql {
  private static final String READ =
      """
      SELECT p.enabled, p.tolerance_nanos, p.tolerance_ppm, p.settle_after_seconds, p.push_limits,
        p.version, a.difference, a.action
      FROM reconciliation_policy p LEFT JOIN reconciliation_policy_actions a ON true
      """;

  private PolicySql() {}

  static ReconciliationPolicy read(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(READ);
        ResultSet rows = statement.executeQuery()) {
      Map<DifferenceClass, PolicyAction> actions = new EnumMap<>(DifferenceClass.class);
      ReconciliationPolicy policy = ReconciliationPolicy.USUAL;
      while (rows.next()) {
        String difference = rows.getString("difference");
        if (difference != null) {
          actions.put(
              DifferenceClass.NAMES.parse(difference).orElseThrow(),
              PolicyAction.NAMES.parse(rows.getString("action")).orElseThrow());
        }
        policy =
            new ReconciliationPolicy(
                rows.getBoolean("enabled"),
                rows.getLong("tolerance_nanos"),
                rows.getInt("tolerance_ppm"),
                Duration.ofSeconds(rows.getLong("settle_after_seconds")),
                rows.getBoolean("push_limits"),
                actions,
                rows.getLong("version"));
      }
      return policy;
    }
  }
}
