package io.platformapi.service.reconciliation;

import io.platformapi.routes.message.SpendRow;
import io.platformapi.service.persistence.Parameters;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** How far the spend log has been read, and its rows of no tenant; in the admin database. */
final class SpendLogSql {
  private static final String WATERMARK = "SELECT reached FROM spend_watermarks WHERE team_id = ?";
  private static final String REACHED =
      """
      INSERT INTO spend_watermarks AS w (team_id, reached) VALUES (?, ?)
      ON CONFLICT (team_id) DO UPDATE SET reached = greatest(w.reached, EXCLUDED.reached)
      """;
  private static final String ORPHANS =
      """
      INSERT INTO spend_orphans (
        request_id, team_id, organization_id, key_hash, started_at, cost_nanos, received)
      SELECT r.request_id, r.team_id, r.organization_id, r.key_hash, r.started_at::timestamptz,
        r.cost_nanos, r.received::json
      FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::text[])
        AS r (request_id, team_id, organization_id, key_hash, started_at, cost_nanos, received)
      ON CONFLICT DO NOTHING
      """;

  private SpendLogSql() {}

  static Optional<Instant> watermark(Connection connection, String team) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(WATERMARK)) {
      statement.setString(1, team);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(RunSql.time(row, "reached")) : Optional.empty();
      }
    }
  }

  static void reached(Connection connection, String team, Instant watermark) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(REACHED)) {
      new Parameters(statement).add(team).add(watermark);
      statement.executeUpdate();
    }
  }

  /** Keeps rows of no tenant and returns how many were not there yet. */
  static int orphans(Connection connection, List<SpendRow> found) throws SQLException {
    TreeMap<String, SpendRow> byId = new TreeMap<>();
    found.forEach(row -> byId.put(row.requestId(), row));
    List<SpendRow> rows = List.copyOf(byId.values());
    try (PreparedStatement statement = connection.prepareStatement(ORPHANS)) {
      new Parameters(statement)
          .add(rows.stream().map(SpendRow::requestId).toArray(String[]::new))
          .add(rows.stream().map(SpendRow::teamId).toArray(String[]::new))
          .add(rows.stream().map(SpendRow::organizationId).toArray(String[]::new))
          .add(rows.stream().map(SpendRow::keyHash).toArray(String[]::new))
          .add(rows.stream().map(row -> row.startTime().toString()).toArray(String[]::new))
          .add(rows.stream().mapToLong(SpendRow::costNanos).toArray())
          .add(rows.stream().map(SpendRow::received).toArray(String[]::new));
      return statement.executeUpdate();
    }
  }
}
