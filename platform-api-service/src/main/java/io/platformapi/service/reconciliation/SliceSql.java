package io.platformapi.service.reconciliation;

import io.platformapi.routes.message.RunProgress;
import io.platformapi.service.persistence.Parameters;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** The slices of a run's window, so small that each can be worked on in one transaction. */
final class SliceSql {
  private static final String REACHED =
      "SELECT max(slice_to) FROM reconciliation_slices WHERE run_id = ?";

  /** Whole minutes: calls without ids are matched within theirs. */
  private static final String END =
      """
      SELECT least(w.last, greatest(date_trunc('minute', least(
          (SELECT started_at FROM gateway_calls WHERE started_at >= w.first AND started_at < w.last
            ORDER BY started_at OFFSET w.calls LIMIT 1),
          (SELECT started_at FROM usage_events WHERE started_at >= w.first AND started_at < w.last
            ORDER BY started_at OFFSET w.calls LIMIT 1),
          w.last)), date_trunc('minute', w.first) + interval '1 minute'))
      FROM (SELECT ?::timestamptz, ?::timestamptz, ?::bigint) AS w (first, last, calls)
      """;

  private static final String MEASURE =
      """
      INSERT INTO reconciliation_slices (
        run_id, slice_from, slice_to, gateway_calls, gateway_cost_nanos, gateway_repeats,
        ledger_calls, ledger_cost_nanos)
      SELECT ?, ?, ?, g.calls, g.cost, r.repeats, l.calls, l.cost
      FROM
        (SELECT count(*) AS calls, coalesce(sum(cost_nanos), 0) AS cost
          FROM (GATEWAY) AS calls) AS g,
        (SELECT count(*) - count(DISTINCT (call_id, status, base)) AS repeats
          FROM (GATEWAY) AS calls WHERE request_id LIKE '%\\_cache\\_hit%') AS r,
        (SELECT count(*) AS calls, coalesce(sum(cost_nanos), 0) AS cost
          FROM (LEDGER) AS calls) AS l
      """
          .replace("GATEWAY", BookSql.GATEWAY)
          .replace("LEDGER", BookSql.LEDGER);

  private static final String UNMATCHED =
      """
      SELECT slice_from, slice_to, gateway_calls, gateway_repeats, ledger_calls
      FROM reconciliation_slices WHERE run_id = ? AND NOT matched ORDER BY slice_from LIMIT 1
      """;
  private static final String MATCHED =
      "UPDATE reconciliation_slices SET matched = true WHERE run_id = ? AND slice_from = ?";

  private SliceSql() {}

  /** A stretch of start times and how many calls each side has in it. */
  record Slice(
      Instant from, Instant to, long gatewayCalls, long gatewayRepeats, long ledgerCalls) {}

  /** Measures the next slice; returns whether there is another after it. */
  static boolean measureNext(Connection connection, RunProgress run, int calls)
      throws SQLException {
    Plans.bySlice(connection);
    Instant from = reached(connection, run).orElse(run.from());
    if (!from.isBefore(run.to())) {
      return false;
    }
    Instant to = end(connection, from, run.to(), calls);
    try (PreparedStatement statement = connection.prepareStatement(MEASURE)) {
      new Parameters(statement)
          .add(run.runId())
          .add(from)
          .add(to)
          .add(from)
          .add(to)
          .add(from)
          .add(to)
          .add(from)
          .add(to);
      statement.executeUpdate();
    }
    return to.isBefore(run.to());
  }

  static Optional<Slice> nextUnmatched(Connection connection, UUID run) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(UNMATCHED)) {
      statement.setObject(1, run);
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? Optional.of(
                new Slice(
                    RunSql.time(row, "slice_from"),
                    RunSql.time(row, "slice_to"),
                    row.getLong("gateway_calls"),
                    row.getLong("gateway_repeats"),
                    row.getLong("ledger_calls")))
            : Optional.empty();
      }
    }
  }

  static void matched(Connection connection, UUID run, Slice slice) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(MATCHED)) {
      new Parameters(statement).add(run).add(slice.from());
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

  private static Instant end(Connection connection, Instant from, Instant to, int calls)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(END)) {
      new Parameters(statement).add(from).add(to).add(calls);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return RunSql.time(row, "least");
      }
    }
  }
}
