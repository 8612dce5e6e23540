package io.platformapi.service.reconciliation;

import io.platformapi.service.persistence.Parameters;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;

/** What callers change: new runs, and items that are rejected. */
final class StartSql {
  private static final String LAST_COVERED =
      "SELECT max(covered_to) FROM reconciliation_runs WHERE state = 'completed'";
  private static final String INSERT =
      """
      INSERT INTO reconciliation_runs (
        id, window_from, window_to, covered_to, trigger, requested_by, request_id, state,
        created_at, next_attempt_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, 'requested', ?, now())
      ON CONFLICT DO NOTHING
      """;
  private static final String REJECT =
      """
      UPDATE reconciliation_items SET status = 'rejected', decided_at = ?, decided_by = ?
      WHERE run_id = ? AND id = ? AND status = 'proposed'
      """;

  private StartSql() {}

  /** Up to where calls have been reconciled. */
  static Optional<Instant> lastCovered(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(LAST_COVERED);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return Optional.ofNullable(RunSql.time(row, "max"));
    }
  }

  /** Whether there was no other run that is not over. */
  static boolean insert(
      Connection connection,
      UUID id,
      Instant from,
      Instant to,
      Instant covered,
      NewRun run,
      Instant now)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
      statement.setObject(1, id);
      statement.setObject(2, from.atOffset(ZoneOffset.UTC));
      statement.setObject(3, to.atOffset(ZoneOffset.UTC));
      statement.setObject(4, covered.atOffset(ZoneOffset.UTC));
      statement.setString(5, run.trigger().wire());
      statement.setString(6, run.requestedBy());
      statement.setString(7, run.requestId());
      statement.setObject(8, now.atOffset(ZoneOffset.UTC));
      return statement.executeUpdate() == 1;
    }
  }

  /** Whether the item was proposed. */
  static boolean reject(Connection connection, UUID run, UUID item, String by, Instant now)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(REJECT)) {
      new Parameters(statement).add(now).add(by).add(run).add(item);
      return statement.executeUpdate() == 1;
    }
  }
}
