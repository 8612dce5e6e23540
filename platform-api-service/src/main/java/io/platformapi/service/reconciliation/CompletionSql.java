package io.platformapi.service.reconciliation;

import io.platformapi.service.persistence.Parameters;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;

/** Adds up what a run has found, and ends it. */
final class CompletionSql {
  private static final String TOTALS =
      """
      INSERT INTO reconciliation_totals (
        run_id, difference, items, input_tokens, output_tokens, cost_nanos, cost_nanos_abs)
      SELECT run_id, difference, count(*), sum(input_tokens), sum(output_tokens), sum(cost_nanos),
        sum(abs(cost_nanos))
      FROM reconciliation_items WHERE run_id = ? GROUP BY run_id, difference
      ON CONFLICT DO NOTHING
      """;

  private static final String SUMS =
      """
      UPDATE reconciliation_runs r SET
        gateway_calls = s.gateway_calls, gateway_cost_nanos = s.gateway_cost_nanos,
        ledger_calls = s.ledger_calls, ledger_cost_nanos = s.ledger_cost_nanos,
        matched_calls = s.gateway_calls - (
          SELECT count(*) FROM reconciliation_items i
          WHERE i.run_id = r.id AND i.request_id IS NOT NULL AND i.event_id IS NULL)
      FROM (
        SELECT coalesce(sum(gateway_calls), 0) AS gateway_calls,
          coalesce(sum(gateway_cost_nanos), 0) AS gateway_cost_nanos,
          coalesce(sum(ledger_calls), 0) AS ledger_calls,
          coalesce(sum(ledger_cost_nanos), 0) AS ledger_cost_nanos
        FROM reconciliation_slices WHERE run_id = ?) AS s
      WHERE r.id = ?
      """;

  private static final String PUSHED =
      "UPDATE reconciliation_runs SET limits_pushed = limits_pushed + ? WHERE id = ?";
  private static final String COMPLETE =
      "UPDATE reconciliation_runs SET state = 'completed', finished_at = ? WHERE id = ?";

  private CompletionSql() {}

  static void addUp(Connection connection, UUID run) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(TOTALS)) {
      statement.setObject(1, run);
      statement.executeUpdate();
    }
    try (PreparedStatement statement = connection.prepareStatement(SUMS)) {
      new Parameters(statement).add(run).add(run);
      statement.executeUpdate();
    }
  }

  static void pushed(Connection connection, UUID run, int limits) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(PUSHED)) {
      new Parameters(statement).add(limits).add(run);
      statement.executeUpdate();
    }
  }

  static void complete(Connection connection, UUID run, Instant now) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(COMPLETE)) {
      new Parameters(statement).add(now).add(run);
      statement.executeUpdate();
    }
  }
}
