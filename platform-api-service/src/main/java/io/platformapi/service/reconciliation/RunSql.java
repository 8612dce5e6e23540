package io.platformapi.service.reconciliation;

import io.platformapi.routes.message.RunState;
import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.reconciliation.ReconciliationRun.ClassTotal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Reads runs. */
final class RunSql {
  private static final String FIND = "SELECT * FROM reconciliation_runs WHERE id = ?";
  private static final String LIST =
      """
      SELECT * FROM reconciliation_runs
      WHERE (created_at, id) < (?, ?)
      ORDER BY created_at DESC, id DESC LIMIT ?
      """;
  private static final String TOTALS =
      """
      SELECT * FROM reconciliation_totals WHERE run_id = ? ORDER BY difference
      """;

  static final Instant NEVER = Instant.parse("9999-01-01T00:00:00Z");
  static final UUID LAST = new UUID(-1, -1);

  private RunSql() {}

  static Optional<ReconciliationRun> find(Connection connection, UUID id) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(FIND)) {
      statement.setObject(1, id);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(read(connection, row)) : Optional.empty();
      }
    }
  }

  /**
   * The youngest runs first.
   *
   * @param createdAt of the last run of the page before, or null
   * @param id of that run, or null
   */
  static List<ReconciliationRun> list(Connection connection, Instant createdAt, UUID id, int limit)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(LIST)) {
      new Parameters(statement)
          .add(createdAt == null ? NEVER : createdAt)
          .add(createdAt == null ? LAST : id)
          .add(limit);
      List<ReconciliationRun> runs = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          runs.add(read(connection, rows));
        }
      }
      return runs;
    }
  }

  static ReconciliationRun read(Connection connection, ResultSet row) throws SQLException {
    UUID id = row.getObject("id", UUID.class);
    return new ReconciliationRun(
        id,
        time(row, "window_from"),
        time(row, "window_to"),
        time(row, "covered_to"),
        RunTrigger.NAMES.parse(row.getString("trigger")).orElseThrow(),
        row.getString("requested_by"),
        row.getString("request_id"),
        RunState.of(row.getString("state")),
        time(row, "created_at"),
        time(row, "started_at"),
        time(row, "finished_at"),
        row.getInt("attempts"),
        row.getString("error"),
        row.getLong("fetched_rows"),
        row.getLong("gateway_calls"),
        row.getLong("gateway_cost_nanos"),
        row.getLong("ledger_calls"),
        row.getLong("ledger_cost_nanos"),
        row.getLong("matched_calls"),
        row.getInt("limits_pushed"),
        totals(connection, id),
        ComparedCounterSql.totals(connection, id));
  }

  private static List<ClassTotal> totals(Connection connection, UUID run) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(TOTALS)) {
      statement.setObject(1, run);
      List<ClassTotal> totals = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          totals.add(
              new ClassTotal(
                  DifferenceClass.NAMES.parse(rows.getString("difference")).orElseThrow(),
                  rows.getLong("items"),
                  rows.getLong("input_tokens"),
                  rows.getLong("output_tokens"),
                  rows.getLong("cost_nanos"),
                  rows.getLong("cost_nanos_abs")));
        }
      }
      return totals;
    }
  }

  static Instant time(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }
}
