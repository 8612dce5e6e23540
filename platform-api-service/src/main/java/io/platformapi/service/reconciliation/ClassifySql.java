package io.platformapi.service.reconciliation;

import io.platformapi.routes.message.RunProgress;
import io.platformapi.service.persistence.Parameters;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Gives items their class, their reason and the adjustment that would make the sides agree. */
final class ClassifySql {
  /**
   * The first rule that holds decides. {@code r} is the reason, where the matching knew it already.
   */
  private static final String CLASSIFY =
      """
      WITH chunk AS (
        SELECT * FROM reconciliation_items
        WHERE run_id = ? AND difference IS NULL ORDER BY seq LIMIT ?),
      named AS (
        SELECT i.id, i.ledger_source, CASE
          WHEN i.reason IS NOT NULL THEN i.reason
          WHEN i.event_id IS NULL THEN CASE
            WHEN GATEWAY_TWIN THEN 'gateway_counted_twice'
            WHEN SETTLED THEN 'settled_by_caller'
            WHEN NEW_KEY THEN 'key_never_seen'
            ELSE 'no_event' END
          WHEN i.request_id IS NULL THEN CASE
            WHEN i.call_status = 'failure' THEN 'failed_with_cost'
            WHEN LEDGER_TWIN THEN CASE WHEN i.ledger_source = 'reconciliation'
              THEN 'came_after_posting' ELSE 'counted_twice' END
            WHEN REPEATED_ID THEN 'skipped_repeated_id'
            ELSE 'no_row' END
          WHEN i.gateway_key IS DISTINCT FROM i.ledger_key THEN 'key_differs'
          WHEN i.input_tokens <> 0 OR i.output_tokens <> 0 THEN 'tokens_differ'
          WHEN i.cost_nanos <> 0 THEN 'cost_differs'
          WHEN i.ledger_started_at < ? OR i.ledger_started_at >= ? THEN 'across_the_edge'
          ELSE 'clocks_differ' END AS reason
        FROM chunk i)
      UPDATE reconciliation_items i SET
        reason = n.reason,
        difference = CASE n.reason
          WHEN 'gateway_counted_twice' THEN 'duplicate'
          WHEN 'settled_by_caller' THEN 'missing_in_ledger'
          WHEN 'key_never_seen' THEN 'unknown_key'
          WHEN 'no_event' THEN 'missing_in_ledger'
          WHEN 'failed_with_cost' THEN 'missing_in_gateway'
          WHEN 'came_after_posting' THEN 'late'
          WHEN 'came_after_report' THEN 'late'
          WHEN 'counted_twice' THEN 'duplicate'
          WHEN 'skipped_repeated_id' THEN 'duplicate'
          WHEN 'no_row' THEN 'missing_in_gateway'
          WHEN 'key_differs' THEN 'unknown_key'
          WHEN 'tokens_differ' THEN 'amount'
          WHEN 'cost_differs' THEN 'price'
          WHEN 'across_the_edge' THEN 'window_edge'
          WHEN 'clocks_differ' THEN 'clock' END,
        adjustment = CASE
          WHEN n.reason IN ('no_event', 'settled_by_caller', 'key_never_seen') THEN 'post'
          WHEN n.reason IN ('no_row', 'counted_twice', 'came_after_posting') THEN 'take_back'
          WHEN n.reason IN ('key_differs', 'tokens_differ', 'cost_differs') THEN 'replace'
          ELSE 'none' END
      FROM named n WHERE n.id = i.id
      """;

  /** Another row of the call that says the same and has its event. */
  private static final String GATEWAY_TWIN =
      """
      EXISTS (
        SELECT FROM gateway_calls g
        JOIN usage_events e ON e.call_id = g.call_id AND e.status = g.status
          AND e.reversed_in IS NULL AND e.source <> 'settlement'
          AND e.started_at - i.gateway_started_at >= interval '-1 day' AND e.started_at - i.gateway_started_at < interval '1 day'
          AND e.input_tokens = g.input_tokens AND e.output_tokens = g.output_tokens
        WHERE g.call_id = i.call_id AND g.status = i.call_status AND g.request_id <> i.request_id
          AND g.key_hash IS NOT DISTINCT FROM i.gateway_key
          AND g.input_tokens = i.gateway_input_tokens AND g.output_tokens = i.gateway_output_tokens
          AND g.cost_nanos = i.gateway_cost_nanos
          AND g.started_at - i.gateway_started_at
            BETWEEN interval '-1 second' AND interval '1 second')
      """;

  private static final String SETTLED =
      """
      EXISTS (
        SELECT FROM usage_events e
        WHERE e.call_id = i.call_id AND e.source = 'settlement' AND e.reversed_in IS NULL
          AND e.started_at - i.gateway_started_at >= interval '-1 day' AND e.started_at - i.gateway_started_at < interval '1 day')
      """;

  private static final String NEW_KEY =
      """
      i.gateway_key IS NOT NULL AND NOT EXISTS (
        SELECT FROM ledger_accounts a WHERE a.scope = 'api_key' AND a.key = i.gateway_key)
      """;

  /** Another event of the call that says the same. */
  private static final String LEDGER_TWIN =
      """
      EXISTS (
        SELECT FROM usage_events e
        WHERE e.call_id = i.call_id AND e.status = i.call_status AND e.event_id <> i.event_id
          AND e.reversed_in IS NULL AND e.source <> 'settlement'
          AND e.started_at - i.ledger_started_at >= interval '-1 day' AND e.started_at - i.ledger_started_at < interval '1 day'
          AND (split_part(e.response_id, '_cache_hit', 1)
              = split_part(i.response_id, '_cache_hit', 1)
            OR e.input_tokens = i.ledger_input_tokens AND e.output_tokens = i.ledger_output_tokens
              AND e.cost_nanos = i.ledger_cost_nanos
              AND nullif(e.key_hash, '') IS NOT DISTINCT FROM i.ledger_key
              AND e.started_at - i.ledger_started_at
                BETWEEN interval '-1 second' AND interval '1 second')
          AND EXISTS (
            SELECT FROM gateway_calls g
            WHERE g.call_id = e.call_id AND g.status = e.status
              AND g.started_at - e.started_at >= interval '-1 day' AND g.started_at - e.started_at < interval '1 day'))
      """;

  /** A row of another call under the same id. */
  private static final String REPEATED_ID =
      """
      EXISTS (
        SELECT FROM gateway_calls g
        WHERE g.request_id = i.response_id AND g.call_id IS DISTINCT FROM i.call_id)
      """;

  private static final String SQL =
      CLASSIFY
          .replace("GATEWAY_TWIN", GATEWAY_TWIN)
          .replace("SETTLED", SETTLED)
          .replace("NEW_KEY", NEW_KEY)
          .replace("LEDGER_TWIN", LEDGER_TWIN)
          .replace("REPEATED_ID", REPEATED_ID);

  private ClassifySql() {}

  /** Classifies some items; returns how many. */
  static int classify(Connection connection, RunProgress run, int limit) throws SQLException {
    Plans.byKey(connection);
    try (PreparedStatement statement = connection.prepareStatement(SQL)) {
      new Parameters(statement).add(run.runId()).add(limit).add(run.from()).add(run.to());
      return statement.executeUpdate();
    }
  }
}
