package io.platformapi.service.reconciliation;

import io.platformapi.service.persistence.Parameters;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** How far a run has read the gateway's rows of each team. */
final class FetchSql {
  private static final String ALL = "";
  private static final String REACHED =
      "SELECT reached FROM reconciliation_fetches WHERE run_id = ? AND team_id = ?";
  private static final String STORED =
      """
      INSERT INTO reconciliation_fetches (run_id, team_id, reached) VALUES (?, ?, ?)
      ON CONFLICT (run_id, team_id) DO UPDATE SET reached = EXCLUDED.reached
      """;
  private static final String COUNT =
      "UPDATE reconciliation_runs SET fetched_rows = fetched_rows + ? WHERE id = ?";

  private FetchSql() {}

  static Optional<Instant> reached(Connection connection, UUID run, String team)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(REACHED)) {
      new Parameters(statement).add(run).add(team == null ? ALL : team);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(RunSql.time(row, "reached")) : Optional.empty();
      }
    }
  }

  static void stored(Connection connection, UUID run, String team, Instant reached, int rows)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(STORED)) {
      new Parameters(statement).add(run).add(team == null ? ALL : team).add(reached);
      statement.executeUpdate();
    }
    try (PreparedStatement statement = connection.prepareStatement(COUNT)) {
      new Parameters(statement).add(rows).add(run);
      statement.executeUpdate();
    }
  }
}
