package io.platformapi.service.policy;

import io.platformapi.service.policy.engine.Effect;
import io.platformapi.service.policy.engine.PolicySet;
import io.platformapi.service.policy.engine.Rule;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The platform's rules in the admin database. */
final class PlatformPolicySql {
  // One statement sees one state, so the version is that of the rules.
  private static final String RULES =
      """
      SELECT v.version, p.id, p.effect, p.role, p.resource_type, p.action, p.condition,
        p.description
      FROM platform_policy_version v LEFT JOIN platform_policies p ON true ORDER BY p.id
      """;

  PolicySet read(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(RULES);
        ResultSet rows = statement.executeQuery()) {
      long version = 0;
      List<Rule> rules = new ArrayList<>();
      while (rows.next()) {
        version = rows.getLong(1);
        if (rows.getString(2) != null) {
          rules.add(rule(rows));
        }
      }
      return new PolicySet(version, rules, List.of());
    }
  }

  private static Rule rule(ResultSet row) throws SQLException {
    return new Rule(
        row.getString(2),
        row.getString(3).equals(Effect.DENY.text()) ? Effect.DENY : Effect.ALLOW,
        row.getString(4),
        row.getString(5),
        row.getString(6),
        row.getString(7),
        row.getString(8));
  }
}
