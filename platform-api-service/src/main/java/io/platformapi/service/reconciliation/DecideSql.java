package io.platformapi.service.reconciliation;

import io.platformapi.routes.message.RunProgress;
import io.platformapi.service.persistence.Parameters;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;

/** Decides what becomes of classified items. */
final class DecideSql {
  private static final String SOME =
      """
      SELECT * FROM reconciliation_items
      WHERE run_id = ? AND status = 'found' AND difference IS NOT NULL ORDER BY seq LIMIT ?
      """;

  /** What is told of anew is not told of twice. */
  private static final String SUPERSEDE =
      """
      UPDATE reconciliation_items o SET status = 'superseded', decision = 'told_of_again',
        decided_at = ?
      FROM (SOME) AS i
      WHERE o.subject = i.subject AND o.status IN ('proposed', 'reported') AND o.run_id <> i.run_id
        AND (o.difference = i.difference
          OR i.difference = 'late' AND o.difference IN ('missing_in_ledger', 'unknown_key'))
      """
          .replace("SOME", SOME);

  private static final String DECIDE =
      """
      UPDATE reconciliation_items i SET decided_at = ?, status = d.status, decision = d.decision
      FROM (
        SELECT i.id,
          CASE
            WHEN i.adjustment = 'none' THEN 'explained'
            WHEN f.rejected THEN 'rejected'
            WHEN f.adjusted THEN 'reported'
            WHEN f.tolerated THEN 'explained'
            WHEN a.action = 'auto_adjust' THEN 'due'
            WHEN a.action = 'propose' THEN 'proposed'
            ELSE 'reported' END AS status,
          CASE
            WHEN i.adjustment = 'none' THEN NULL
            WHEN f.rejected THEN 'rejected_before'
            WHEN f.adjusted THEN 'adjusted_before'
            WHEN f.tolerated THEN 'within_tolerance' END AS decision
        FROM (SOME) AS i
        JOIN unnest(?::text[], ?::text[]) AS a (difference, action) ON a.difference = i.difference
        CROSS JOIN LATERAL (SELECT
          i.difference = 'price' AND abs(i.cost_nanos)
            <= greatest(?::bigint, i.gateway_cost_nanos::numeric * ? / 1000000) AS tolerated,
          EXISTS (
            SELECT FROM reconciliation_items o
            WHERE o.subject = i.subject AND o.difference = i.difference
              AND o.status IN ('posted', 'approved')) AS adjusted,
          EXISTS (
            SELECT FROM reconciliation_items o
            WHERE o.subject = i.subject AND o.difference = i.difference AND o.status = 'rejected'
              AND o.input_tokens = i.input_tokens AND o.output_tokens = i.output_tokens
              AND o.cost_nanos = i.cost_nanos) AS rejected) AS f) AS d
      WHERE d.id = i.id
      """
          .replace("SOME", SOME);

  /** What was told of before and is in the window and was not found again is gone. */
  private static final String CLOSE =
      """
      UPDATE reconciliation_items o SET status = 'superseded', decision = 'no_longer_there',
        decided_at = ?
      WHERE o.status IN ('proposed', 'reported') AND o.run_id <> ?
        AND coalesce(o.gateway_started_at, o.ledger_started_at) >= ?
        AND coalesce(o.gateway_started_at, o.ledger_started_at) < ?
        AND NOT EXISTS (
          SELECT FROM reconciliation_items i
          WHERE i.run_id = ? AND i.subject = o.subject AND i.difference = o.difference)
      """;

  private DecideSql() {}

  /** Decides some items; returns how many. */
  static int decide(
      Connection connection, RunProgress run, ReconciliationPolicy policy, int limit, Instant now)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(SUPERSEDE)) {
      new Parameters(statement).add(now).add(run.runId()).add(limit);
      statement.executeUpdate();
    }
    DifferenceClass[] classes = DifferenceClass.values();
    try (PreparedStatement statement = connection.prepareStatement(DECIDE)) {
      new Parameters(statement)
          .add(now)
          .add(run.runId())
          .add(limit)
          .add(Arrays.stream(classes).map(DifferenceClass::wire).toArray(String[]::new))
          .add(
              Arrays.stream(classes)
                  .map(difference -> policy.actionOn(difference).wire())
                  .toArray(String[]::new))
          .add(policy.toleranceNanos())
          .add(policy.tolerancePpm());
      return statement.executeUpdate();
    }
  }

  /** Closes what earlier runs told of and is no longer so. */
  static void close(Connection connection, RunProgress run, Instant now) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(CLOSE)) {
      new Parameters(statement)
          .add(now)
          .add(run.runId())
          .add(run.from())
          .add(run.to())
          .add(run.runId());
      statement.executeUpdate();
    }
  }
}
