package io.platformapi.service.reconciliation;

import io.platformapi.routes.message.RunProgress;
import io.platformapi.service.persistence.Parameters;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;

/** The slices of a run's window, so small that each can be worked on in one transaction. */
final class SliceSql {
  private static final String REACHED =
      "SELECT max(slice_to) FROM reconciliation_slices WHERE run_id = ?";

  /** Start of the first call beyond so many; each table by its index of times. */
  private static final String BEYOND =
      """
      SELECT least(
        (SELECT started_at FROM gateway_calls WHERE started_at >= ? AND started_at < ?
          ORDER BY started_at OFFSET ? LIMIT 1),
        (SELECT started_at FROM usage_events WHERE started_at >= ? AND started_at < ?
          ORDER BY started_at OFFSET ? LIMIT 1))
      """;

  private static final String CUT =
      "INSERT INTO reconciliation_slices (run_id, slice_from, slice_to) VALUES (?, ?, ?)";

  private static final String UNMATCHED =
      """
      SELECT slice_from, slice_to FROM reconciliation_slices
      WHERE run_id = ? AND NOT matched ORDER BY slice_from LIMIT 1
      """;
  private static final String MATCHED =
      """
      UPDATE reconciliation_slices SET matched = true, gateway_calls = ?, gateway_cost_nanos = ?,
        ledger_calls = ?, ledger_cost_nanos = ?
      WHERE run_id = ? AND slice_from = ?
      """;

  private SliceSql() {}

  /** A stretch of start times. */
  record Slice(Instant from, Instant to) {}

  /** What both sides have in a slice. */
  record Sides(long gatewayCalls, long gatewayCost, long ledgerCalls, long ledgerCost) {}

  /** Cuts the next slice off the window; returns whether there is another after it. */
  static boolean cutNext(Connection connection, RunProgress run, int calls) throws SQLException {
    Plans.byTime(connection);
    Instant from = reached(connection, run).orElse(run.from());
    if (!from.isBefore(run.to())) {
      return false;
    }
    Instant to = end(connection, from, run.to(), calls);
    try (PreparedStatement statement = connection.prepareStatement(CUT)) {
      new Parameters(statement).add(run.runId()).add(from).add(to);
      statement.executeUpdate();
    }
    return to.isBefore(run.to());
  }

  static Optional<Slice> nextUnmatched(Connection connection, UUID run) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(UNMATCHED)) {
      statement.setObject(1, run);
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? Optional.of(new Slice(RunSql.time(row, "slice_from"), RunSql.time(row, "slice_to")))
            : Optional.empty();
      }
    }
  }

  static void matched(Connection connection, UUID run, Slice slice, Sides sides)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(MATCHED)) {
      new Parameters(statement)
          .add(sides.gatewayCalls())
          .add(sides.gatewayCost())
          .add(sides.ledgerCalls())
          .add(sides.ledgerCost())
          .add(run)
          .add(slice.from());
      statement.executeUpdate();
    }
  }

  private static Optional<Instant> reached(Connection connection, RunProgress run)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(REACHED)) {
      statement.setObject(1, run.runId());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return Optional.ofNullable(RunSql.time(row, "max"));
      }
    }
  }

  /** Whole minutes: calls without ids are matched within theirs. */
  private static Instant end(Connection connection, Instant from, Instant to, int calls)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(BEYOND)) {
      new Parameters(statement).add(from).add(to).add(calls).add(from).add(to).add(calls);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        Instant beyond = RunSql.time(row, "least");
        if (beyond == null) {
          return to;
        }
        Instant minute = beyond.truncatedTo(ChronoUnit.MINUTES);
        Instant next = from.truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.MINUTES);
        Instant end = minute.isAfter(from) ? minute : next;
        return end.isBefore(to) ? end : to;
      }
    }
  }
}
