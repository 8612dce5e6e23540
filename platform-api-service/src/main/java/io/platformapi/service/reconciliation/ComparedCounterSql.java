package io.platformapi.service.reconciliation;

import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.reconciliation.ReconciliationRun.CounterTotal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The rows of {@code reconciliation_counters}. */
final class ComparedCounterSql {
  private static final String FORGET = "DELETE FROM reconciliation_counters WHERE run_id = ?";
  private static final String STORE =
      """
      INSERT INTO reconciliation_counters (
        run_id, seq, scope, scope_id, dimension, told_at, window_start, window_end, told, rows_sum,
        rows_least, rows_most, ledger_sum, verdict, reason)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """;
  private static final String PAGE =
      """
      SELECT * FROM reconciliation_counters
      WHERE run_id = ? AND seq > ? AND (?::text IS NULL OR verdict = ?) ORDER BY seq LIMIT ?
      """;
  private static final String TOTALS =
      """
      SELECT verdict, count(*) AS counters, least(coalesce(sum(abs(told - rows_sum::numeric))
          FILTER (WHERE dimension = 'cost' AND verdict IN ('counter_ahead', 'counter_behind')), 0),
          9223372036854775807) AS drift
      FROM reconciliation_counters WHERE run_id = ? GROUP BY verdict ORDER BY verdict
      """;

  private ComparedCounterSql() {}

  /** Puts them in the place of what the run has. */
  static void replace(Connection connection, UUID run, List<ComparedCounter> counters)
      throws SQLException {
    try (PreparedStatement delete = connection.prepareStatement(FORGET)) {
      delete.setObject(1, run);
      delete.executeUpdate();
    }
    if (counters.isEmpty()) {
      return;
    }
    try (PreparedStatement insert = connection.prepareStatement(STORE)) {
      for (ComparedCounter counter : counters) {
        insert.setObject(1, run);
        insert.setInt(2, counter.seq());
        insert.setString(3, counter.scope());
        insert.setString(4, counter.scopeId());
        insert.setString(5, counter.dimension().wire());
        time(insert, 6, counter.toldAt());
        time(insert, 7, counter.start());
        time(insert, 8, counter.end());
        insert.setLong(9, counter.told());
        insert.setObject(10, counter.rows(), Types.BIGINT);
        insert.setObject(11, counter.least(), Types.BIGINT);
        insert.setObject(12, counter.most(), Types.BIGINT);
        insert.setObject(13, counter.ledger(), Types.BIGINT);
        insert.setString(14, counter.verdict().wire());
        insert.setString(15, counter.reason() == null ? null : counter.reason().wire());
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  /**
   * By scope, id, dimension and window.
   *
   * @param verdict null for any
   * @param after {@code seq} of the last one of the page before, or 0
   */
  static List<ComparedCounter> page(
      Connection connection, UUID run, CounterVerdict verdict, long after, int limit)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(PAGE)) {
      String wanted = verdict == null ? null : verdict.wire();
      new Parameters(statement).add(run).add(after).add(wanted).add(wanted).add(limit);
      try (ResultSet rows = statement.executeQuery()) {
        List<ComparedCounter> page = new ArrayList<>();
        while (rows.next()) {
          page.add(read(rows));
        }
        return page;
      }
    }
  }

  static List<CounterTotal> totals(Connection connection, UUID run) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(TOTALS)) {
      statement.setObject(1, run);
      try (ResultSet rows = statement.executeQuery()) {
        List<CounterTotal> totals = new ArrayList<>();
        while (rows.next()) {
          totals.add(
              new CounterTotal(
                  CounterVerdict.NAMES.parse(rows.getString("verdict")).orElseThrow(),
                  rows.getLong("counters"),
                  rows.getLong("drift")));
        }
        return totals;
      }
    }
  }

  private static ComparedCounter read(ResultSet row) throws SQLException {
    String reason = row.getString("reason");
    return new ComparedCounter(
        row.getObject("run_id", UUID.class),
        row.getInt("seq"),
        row.getString("scope"),
        row.getString("scope_id"),
        CounterDimension.NAMES.parse(row.getString("dimension")).orElseThrow(),
        RunSql.time(row, "told_at"),
        RunSql.time(row, "window_start"),
        RunSql.time(row, "window_end"),
        row.getLong("told"),
        row.getObject("rows_sum", Long.class),
        row.getObject("rows_least", Long.class),
        row.getObject("rows_most", Long.class),
        row.getObject("ledger_sum", Long.class),
        CounterVerdict.NAMES.parse(row.getString("verdict")).orElseThrow(),
        reason == null ? null : CounterReason.NAMES.parse(reason).orElseThrow());
  }

  private static void time(PreparedStatement statement, int column, Instant time)
      throws SQLException {
    statement.setObject(
        column, time == null ? null : time.atOffset(ZoneOffset.UTC), Types.TIMESTAMP_WITH_TIMEZONE);
  }
}
