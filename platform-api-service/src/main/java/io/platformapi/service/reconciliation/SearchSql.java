package io.platformapi.service.reconciliation;

import io.platformapi.service.persistence.Parameters;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Finds runs and differences by what callers ask for, page by page. */
final class SearchSql {
  private static final String RUNS =
      "SELECT * FROM reconciliation_runs WHERE (created_at, id) < (?, ?)";
  private static final String RUNS_ORDER = " ORDER BY created_at DESC, id DESC LIMIT ?";
  private static final String ITEMS =
      "SELECT * FROM reconciliation_items WHERE run_id = ? AND seq > ?";
  private static final String ITEMS_ORDER = " ORDER BY seq LIMIT ?";

  private SearchSql() {}

  /** The youngest runs first, those before the given key. */
  static List<ReconciliationRun> runs(
      Connection connection, RunQuery query, Instant createdAt, UUID id, int limit)
      throws SQLException {
    Conditions conditions = new Conditions(RUNS, createdAt, id);
    conditions.and("state = ?", query.state() == null ? null : query.state().wire());
    conditions.and("window_to > ?", query.from());
    conditions.and("window_from < ?", query.to());
    return conditions.read(connection, RUNS_ORDER, limit, row -> RunSql.read(connection, row));
  }

  /**
   * Differences in the order in which they were found.
   *
   * @param after {@code seq} of the last one of the page before, or 0
   */
  static List<ReconciliationItem> items(
      Connection connection, ItemQuery query, long after, int limit) throws SQLException {
    Conditions conditions = new Conditions(ITEMS, query.run(), after);
    conditions.and("difference = ?", query.difference() == null ? null : query.difference().wire());
    conditions.and("status = ?", query.status() == null ? null : query.status().wire());
    conditions.and("call_id = ?", query.callId());
    conditions.and("team_id = ?", query.teamId());
    conditions.and("? IN (gateway_key, ledger_key)", query.key());
    conditions.and("? IN (gateway_model, ledger_model)", query.model());
    conditions.and("abs(cost_nanos) >= ?", query.minCostNanos());
    return conditions.read(connection, ITEMS_ORDER, limit, ItemSql::read);
  }

  /** Makes a record of a row. */
  private interface Reader<T> {
    T read(ResultSet row) throws SQLException;
  }

  private static final class Conditions {
    private final StringBuilder sql;
    private final List<Object> values = new ArrayList<>();

    Conditions(String select, Object... values) {
      this.sql = new StringBuilder(select);
      this.values.addAll(List.of(values));
    }

    /** Adds a condition unless the value is null. */
    void and(String condition, Object value) {
      if (value != null) {
        sql.append(" AND ").append(condition);
        values.add(value);
      }
    }

    <T> List<T> read(Connection connection, String order, int limit, Reader<T> reader)
        throws SQLException {
      try (PreparedStatement statement = connection.prepareStatement(sql + order)) {
        Parameters to = new Parameters(statement);
        for (Object value : values) {
          if (value instanceof Instant time) {
            to.add(time);
          } else {
            to.add(value);
          }
        }
        to.add(limit);
        try (ResultSet rows = statement.executeQuery()) {
          List<T> found = new ArrayList<>();
          while (rows.next()) {
            found.add(reader.read(rows));
          }
          return found;
        }
      }
    }
  }
}
