package io.platformapi.service.reconciliation;

import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.reconciliation.ReconciliationItem.Side;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Reads items. */
final class ItemSql {
  private static final String FIND =
      "SELECT * FROM reconciliation_items WHERE run_id = ? AND id = ?";
  private static final String PAGE =
      "SELECT * FROM reconciliation_items WHERE run_id = ? AND seq > ?%s ORDER BY seq LIMIT ?";

  private ItemSql() {}

  static Optional<ReconciliationItem> find(Connection connection, UUID run, UUID id)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(FIND)) {
      new Parameters(statement).add(run).add(id);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(read(row)) : Optional.empty();
      }
    }
  }

  /**
   * Those of a run in the order in which they were found.
   *
   * @param after {@code seq} of the last item of the page before, or 0
   */
  static List<ReconciliationItem> page(
      Connection connection, ItemFilter filter, long after, int limit) throws SQLException {
    StringBuilder conditions = new StringBuilder();
    List<Object> values = new ArrayList<>();
    condition(conditions, values, "difference", wire(filter.difference()));
    condition(
        conditions, values, "status", filter.status() == null ? null : filter.status().wire());
    condition(conditions, values, "call_id", filter.callId());
    condition(conditions, values, "team_id", filter.teamId());
    try (PreparedStatement statement =
        connection.prepareStatement(PAGE.formatted(conditions.toString()))) {
      Parameters to = new Parameters(statement).add(filter.run()).add(after);
      for (Object value : values) {
        to.add(value);
      }
      to.add(limit);
      List<ReconciliationItem> items = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          items.add(read(rows));
        }
      }
      return items;
    }
  }

  private static void condition(
      StringBuilder conditions, List<Object> values, String column, String value) {
    if (value != null) {
      conditions.append(" AND ").append(column).append(" = ?");
      values.add(value);
    }
  }

  private static String wire(DifferenceClass difference) {
    return difference == null ? null : difference.wire();
  }

  static ReconciliationItem read(ResultSet row) throws SQLException {
    return new ReconciliationItem(
        row.getObject("id", UUID.class),
        row.getObject("run_id", UUID.class),
        row.getLong("seq"),
        DifferenceClass.NAMES.parse(row.getString("difference")).orElse(null),
        DifferenceReason.NAMES.parse(row.getString("reason")).orElse(null),
        Adjustment.NAMES.parse(row.getString("adjustment")).orElse(null),
        ItemStatus.NAMES.parse(row.getString("status")).orElseThrow(),
        row.getString("decision"),
        row.getString("call_id"),
        row.getString("call_status"),
        row.getString("team_id"),
        row.getString("request_id"),
        side(row, "gateway"),
        row.getObject("event_id", UUID.class),
        side(row, "ledger"),
        row.getLong("input_tokens"),
        row.getLong("output_tokens"),
        row.getLong("cost_nanos"),
        row.getObject("batch_id", UUID.class),
        RunSql.time(row, "created_at"),
        RunSql.time(row, "decided_at"),
        row.getString("decided_by"));
  }

  private static Side side(ResultSet row, String name) throws SQLException {
    if (row.getObject(name + "_started_at") == null) {
      return null;
    }
    return new Side(
        RunSql.time(row, name + "_started_at"),
        row.getString(name + "_key"),
        row.getString(name + "_model"),
        row.getLong(name + "_input_tokens"),
        row.getLong(name + "_output_tokens"),
        row.getLong(name + "_cost_nanos"));
  }
}
