package io.platformapi.service.reconciliation;

import io.platformapi.routes.message.RunProgress;
import io.platformapi.service.persistence.Parameters;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * What is matched when all slices are: rows without a call id, which only old versions of the
 * gateway wrote, and events that came after an earlier run had named them missing. In sets, over
 * what is left of the run; running it again changes nothing.
 */
final class LeftoverSql {
  /** How far back an event that comes late is looked for. */
  private static final Duration LATEST = Duration.ofDays(35);

  /**
   * Two items that are one call become one: the row's gets the event, the event's goes. Grouped,
   * not joined: how many there are is not known to the planner.
   */
  private static final String PAIR =
      """
      WITH sides AS (
        SELECT id, true AS of_gateway, ROW(GATEWAY_KEY) AS key,
          row_number() OVER (PARTITION BY GATEWAY_KEY ORDER BY gateway_started_at, seq) AS place
        FROM reconciliation_items
        WHERE run_id = ? AND difference IS NULL AND reason IS NULL AND event_id IS NULL
          AND call_id IS NULL
        UNION ALL
        SELECT id, false, ROW(LEDGER_KEY),
          row_number() OVER (PARTITION BY LEDGER_KEY ORDER BY ledger_started_at, seq)
        FROM reconciliation_items i
        WHERE run_id = ? AND difference IS NULL AND reason IS NULL AND request_id IS NULL
          AND FREE),
      paired AS (
        SELECT (array_agg(id) FILTER (WHERE of_gateway))[1] AS gateway_item,
          (array_agg(id) FILTER (WHERE NOT of_gateway))[1] AS ledger_item
        FROM sides GROUP BY key, place HAVING count(*) = 2),
      gone AS (DELETE FROM reconciliation_items i USING paired p WHERE i.id = p.ledger_item)
      UPDATE reconciliation_items i SET call_id = l.call_id, event_id = l.event_id,
        response_id = l.response_id, ledger_started_at = l.ledger_started_at,
        ledger_received_at = l.ledger_received_at, ledger_source = l.ledger_source,
        ledger_key = l.ledger_key, ledger_model = l.ledger_model,
        ledger_input_tokens = l.ledger_input_tokens,
        ledger_output_tokens = l.ledger_output_tokens, ledger_cost_nanos = l.ledger_cost_nanos
      FROM paired p JOIN reconciliation_items l ON l.id = p.ledger_item
      WHERE i.id = p.gateway_item
      """;

  /** Not an event of which the gateway has a row under its own ids: that is another call. */
  private static final String HAS_NO_ROW =
      """
      NOT EXISTS (
        SELECT FROM gateway_calls g WHERE g.call_id = i.call_id AND g.status = i.call_status)
      AND NOT EXISTS (SELECT FROM gateway_calls g WHERE g.request_id = i.response_id)
      """;

  private static final String BY_ANSWER =
      pair("call_status, request_id", "call_status, response_id", "true");
  private static final String BY_MINUTE_AND_TOKENS =
      pair(
          "call_status, gateway_key, gateway_model, date_trunc('minute', gateway_started_at),"
              + " gateway_input_tokens, gateway_output_tokens",
          "call_status, ledger_key, ledger_model, date_trunc('minute', ledger_started_at),"
              + " ledger_input_tokens, ledger_output_tokens",
          HAS_NO_ROW);
  private static final String BY_MINUTE =
      pair(
          "call_status, gateway_key, gateway_model, date_trunc('minute', gateway_started_at)",
          "call_status, ledger_key, ledger_model, date_trunc('minute', ledger_started_at)",
          HAS_NO_ROW);

  /** The event of a row without a call id, beyond the edge that the row is near to. */
  private static final String BEYOND_THE_EDGE =
      """
      UPDATE reconciliation_items i SET call_id = l.call_id, SET_LEDGER
      FROM reconciliation_items g
      CROSS JOIN LATERAL (
        SELECT e.event_id, e.call_id, e.response_id, e.started_at, e.received_at, e.source,
          nullif(e.key_hash, '') AS key_hash,
          coalesce(nullif(e.model_group, ''), e.model) AS model, e.input_tokens, e.output_tokens,
          e.cost_nanos
        FROM usage_events e
        WHERE e.started_at >= g.gateway_started_at - interval '2 minutes'
          AND e.started_at < g.gateway_started_at + interval '2 minutes'
          AND e.response_id = g.request_id AND e.status = g.call_status
          AND e.reversed_in IS NULL AND e.source <> 'settlement'
        LIMIT 1) AS l
      WHERE g.id = i.id AND g.run_id = ? AND g.difference IS NULL AND g.event_id IS NULL
        AND g.call_id IS NULL
        AND (g.gateway_started_at < ?::timestamptz + interval '2 minutes'
          OR g.gateway_started_at >= ?::timestamptz - interval '2 minutes')
      """
          .replace("SET_LEDGER", BookSql.SET_LEDGER);

  /** An event whose row has no call id and belongs to another run. */
  private static final String OF_ANOTHER_RUN =
      """
      DELETE FROM reconciliation_items i
      WHERE i.run_id = ? AND i.difference IS NULL AND i.reason IS NULL AND i.request_id IS NULL
        AND EXISTS (
          SELECT FROM gateway_calls g
          WHERE g.request_id = i.response_id AND g.call_id IS NULL AND g.status = i.call_status
            AND (g.started_at < ? OR g.started_at >= ?))
      """;

  private static final String DROP_AGREED =
      """
      DELETE FROM reconciliation_items i
      WHERE i.run_id = ? AND i.difference IS NULL AND i.reason IS NULL AND i.request_id IS NOT NULL
        AND i.event_id IS NOT NULL
        AND i.input_tokens = 0 AND i.output_tokens = 0 AND i.cost_nanos = 0
        AND i.gateway_key IS NOT DISTINCT FROM i.ledger_key
        AND i.gateway_started_at - i.ledger_started_at
          BETWEEN interval '-1 second' AND interval '1 second'
      """;

  /** A call that an earlier run had posted, and whose event has come since. */
  private static final String LATE_AFTER_POSTING =
      """
      INSERT INTO reconciliation_items (
        reason, run_id, call_id, call_status, team_id, event_id, response_id, ledger_started_at,
        ledger_received_at, ledger_source, ledger_key, ledger_model, ledger_input_tokens,
        ledger_output_tokens, ledger_cost_nanos)
      SELECT 'came_after_posting', ?, p.call_id, p.status, p.team_id, p.event_id, p.response_id,
        p.started_at, p.received_at, p.source, nullif(p.key_hash, ''),
        coalesce(nullif(p.model_group, ''), p.model), p.input_tokens, p.output_tokens, p.cost_nanos
      FROM reconciliation_items i
      JOIN usage_events p ON p.event_id = i.id AND p.started_at = i.gateway_started_at
        AND p.source = 'reconciliation' AND p.reversed_in IS NULL
      WHERE i.difference IN ('missing_in_ledger', 'unknown_key') AND i.adjustment = 'post'
        AND i.status IN ('posted', 'approved') AND i.run_id <> ?
        AND i.gateway_started_at >= ? AND i.gateway_started_at < ?
        AND CAME_SINCE
        AND NOT EXISTS (
          SELECT FROM reconciliation_items d WHERE d.run_id = ? AND d.event_id = p.event_id)
      """;

  /** A call that an earlier run had only told of, and whose event has come since. */
  private static final String LATE_AFTER_REPORT =
      """
      INSERT INTO reconciliation_items (
        reason, run_id, call_id, call_status, team_id, request_id, gateway_started_at, gateway_key,
        gateway_model, gateway_input_tokens, gateway_output_tokens, gateway_cost_nanos, event_id,
        response_id, ledger_started_at, ledger_received_at, ledger_source, ledger_key,
        ledger_model, ledger_input_tokens, ledger_output_tokens, ledger_cost_nanos)
      SELECT 'came_after_report', ?, i.call_id, i.call_status, i.team_id, i.request_id,
        i.gateway_started_at, i.gateway_key, i.gateway_model, i.gateway_input_tokens,
        i.gateway_output_tokens, i.gateway_cost_nanos, l.event_id, l.response_id, l.started_at,
        l.received_at, l.source, l.key_hash, l.model, l.input_tokens, l.output_tokens,
        l.cost_nanos
      FROM reconciliation_items i
      CROSS JOIN LATERAL (
        SELECT e.event_id, e.response_id, e.started_at, e.received_at, e.source,
          nullif(e.key_hash, '') AS key_hash,
          coalesce(nullif(e.model_group, ''), e.model) AS model, e.input_tokens, e.output_tokens,
          e.cost_nanos
        FROM usage_events e
        WHERE e.call_id = i.call_id AND e.status = i.call_status AND e.source = 'gateway'
          AND e.reversed_in IS NULL AND e.received_at > i.created_at
          AND e.started_at - i.gateway_started_at >= interval '-1 day' AND e.started_at - i.gateway_started_at < interval '1 day'
          AND split_part(e.response_id, '_cache_hit', 1)
            = split_part(i.request_id, '_cache_hit', 1)
        LIMIT 1) AS l
      WHERE i.difference IN ('missing_in_ledger', 'unknown_key') AND i.adjustment = 'post'
        AND i.status IN ('proposed', 'reported') AND i.run_id <> ?
        AND i.gateway_started_at >= ? AND i.gateway_started_at < ?
        AND NOT EXISTS (
          SELECT FROM reconciliation_items d WHERE d.run_id = ? AND d.event_id = l.event_id)
      """;

  private static final String LATE_AFTER_POSTING_SQL =
      LATE_AFTER_POSTING.replace(
          "CAME_SINCE",
          """
          EXISTS (
            SELECT FROM usage_events e
            WHERE e.call_id = p.call_id AND e.status = p.status AND e.source = 'gateway'
              AND e.reversed_in IS NULL
              AND e.started_at - p.started_at >= interval '-1 day' AND e.started_at - p.started_at < interval '1 day'
              AND split_part(e.response_id, '_cache_hit', 1)
                = split_part(p.response_id, '_cache_hit', 1))
          """);

  private LeftoverSql() {}

  static void match(Connection connection, RunProgress run) throws SQLException {
    UUID id = run.runId();
    Plans.byKey(connection);
    update(connection, BY_ANSWER, id, id);
    update(connection, BEYOND_THE_EDGE, id, run.from(), run.to());
    update(connection, OF_ANOTHER_RUN, id, run.from(), run.to());
    update(connection, BY_MINUTE_AND_TOKENS, id, id);
    update(connection, BY_MINUTE, id, id);
    update(connection, DROP_AGREED, id);
    Instant since = run.to().minus(LATEST);
    update(connection, LATE_AFTER_POSTING_SQL, id, id, since, run.to(), id);
    update(connection, LATE_AFTER_REPORT, id, id, since, run.to(), id);
  }

  private static void update(Connection connection, String sql, Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Parameters to = new Parameters(statement);
      for (Object value : values) {
        if (value instanceof Instant time) {
          to.add(time);
        } else {
          to.add(value);
        }
      }
      statement.executeUpdate();
    }
  }

  private static String pair(String gatewayKey, String ledgerKey, String free) {
    return PAIR.replace("GATEWAY_KEY", gatewayKey)
        .replace("LEDGER_KEY", ledgerKey)
        .replace("FREE", free);
  }
}
