package io.platformapi.service.reconciliation;

import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.reconciliation.SliceSql.Slice;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;

/**
 * Matches the calls of a slice, in sets. What the sides agree on leaves no trace; what is left
 * becomes items without a class.
 *
 * <p>First by call id, answer id and status within the slice: one hash join that nearly all calls
 * leave. Then those that are left, one by one through the index of call ids, up to a day away: the
 * clocks may differ, and an id may. Calls without ids come last (see {@link LeftoverSql}).
 */
final class MatchSql {
  private static final String JOIN =
      """
      WITH found AS (
        INSERT INTO reconciliation_items (COLUMNS)
        SELECT VALUES
        FROM (GATEWAY) AS g FULL JOIN (LEDGER) AS l
          ON l.call_id = g.call_id AND l.base = g.base AND l.status = g.status
        WHERE g.request_id IS NULL OR l.event_id IS NULL OR DIFFER
        RETURNING request_id IS NULL AS of_ledger, event_id IS NULL AS of_gateway)
      SELECT count(*) FILTER (WHERE of_gateway), count(*) FILTER (WHERE of_ledger) FROM found
      """;

  /**
   * Pairs the calls whose ids repeat on some side, one to one: the gateway's event before an
   * adjustment, then the one that came first. Whatever is beyond the pairs is a duplicate.
   */
  private static final String REPEATS =
      """
      WITH calls_g AS (GATEWAY), calls_l AS (LEDGER),
      repeated AS (
        SELECT call_id, base, status FROM calls_l GROUP BY 1, 2, 3 HAVING count(*) > 1
        UNION
        SELECT call_id, base, status FROM calls_g GROUP BY 1, 2, 3 HAVING count(*) > 1),
      cleared AS (
        DELETE FROM reconciliation_items i USING repeated r
        WHERE i.run_id = ? AND i.difference IS NULL AND i.call_id = r.call_id
          AND i.call_status = r.status
          AND split_part(coalesce(i.response_id, i.request_id), '_cache_hit', 1) = r.base
          AND coalesce(i.gateway_started_at, i.ledger_started_at) >= ?
          AND coalesce(i.gateway_started_at, i.ledger_started_at) < ?),
      g AS (
        SELECT c.*, row_number() OVER (PARTITION BY c.call_id, c.base, c.status
          ORDER BY c.started_at, c.request_id) AS place
        FROM calls_g c JOIN repeated r USING (call_id, base, status)),
      l AS (
        SELECT c.*, row_number() OVER (PARTITION BY c.call_id, c.base, c.status
          ORDER BY c.source <> 'gateway', c.received_at, c.started_at, c.event_id) AS place
        FROM calls_l c JOIN repeated r USING (call_id, base, status))
      INSERT INTO reconciliation_items (reason, COLUMNS)
      SELECT
        CASE
          WHEN coalesce(g.place, l.place) = 1 THEN NULL
          WHEN g.request_id IS NULL AND l.source = 'reconciliation' THEN 'came_after_posting'
          WHEN g.request_id IS NULL THEN 'counted_twice'
          WHEN l.event_id IS NULL THEN 'gateway_counted_twice' END,
        VALUES
      FROM g FULL JOIN l
        ON l.call_id = g.call_id AND l.base = g.base AND l.status = g.status AND l.place = g.place
      WHERE g.request_id IS NULL OR l.event_id IS NULL OR DIFFER
      """;

  /**
   * Gives a row without an event the nearest event of its call that no other row has a better claim
   * to.
   */
  private static final String FIND_EVENTS =
      """
      WITH near AS (
        SELECT i.id, l.*, row_number() OVER (PARTITION BY l.event_id ORDER BY l.away, i.seq) AS place
        FROM reconciliation_items i
        CROSS JOIN LATERAL (
          SELECT e.event_id, e.response_id, e.started_at, e.received_at, e.source,
            nullif(e.key_hash, '') AS key_hash,
            coalesce(nullif(e.model_group, ''), e.model) AS model, e.input_tokens,
            e.output_tokens, e.cost_nanos,
            abs(extract(epoch FROM e.started_at - i.gateway_started_at)) AS away
          FROM usage_events e
          WHERE e.call_id = i.call_id AND e.status = i.call_status
            AND e.reversed_in IS NULL AND e.source <> 'settlement'
            AND e.started_at >= i.gateway_started_at - interval '1 day'
            AND e.started_at < i.gateway_started_at + interval '1 day'
            AND NOT EXISTS (
              SELECT FROM gateway_calls o
              WHERE o.call_id = e.call_id AND o.status = e.status AND o.request_id <> i.request_id
                AND split_part(o.request_id, '_cache_hit', 1)
                  = split_part(e.response_id, '_cache_hit', 1))
          ORDER BY e.source <> 'gateway', away LIMIT 1) AS l
        WHERE i.run_id = ? AND i.difference IS NULL AND i.reason IS NULL AND i.event_id IS NULL
          AND i.call_id IS NOT NULL AND i.gateway_started_at >= ? AND i.gateway_started_at < ?)
      UPDATE reconciliation_items i SET SET_LEDGER
      FROM near l WHERE l.id = i.id AND l.place = 1
      """;

  /**
   * Removes an event without a row when its row is found elsewhere: that row's slice, or run, has
   * the two of them. Not when another event has a better claim to the row.
   */
  private static final String DROP_EVENTS =
      """
      DELETE FROM reconciliation_items i
      WHERE i.run_id = ? AND i.difference IS NULL AND i.reason IS NULL AND i.request_id IS NULL
        AND i.ledger_started_at >= ? AND i.ledger_started_at < ?
        AND EXISTS (
          SELECT FROM gateway_calls g
          CROSS JOIN LATERAL (SELECT
            split_part(g.request_id, '_cache_hit', 1) AS base,
            split_part(g.request_id, '_cache_hit', 1)
              IS NOT DISTINCT FROM split_part(i.response_id, '_cache_hit', 1) AS exact) AS b
          WHERE g.call_id = i.call_id AND g.status = i.call_status
            AND g.started_at >= i.ledger_started_at - interval '1 day'
            AND g.started_at < i.ledger_started_at + interval '1 day'
            AND NOT EXISTS (
              SELECT FROM usage_events e
              CROSS JOIN LATERAL (SELECT
                split_part(e.response_id, '_cache_hit', 1) IS NOT DISTINCT FROM b.base AS exact,
                e.source = 'gateway' AS told) AS c
              WHERE e.call_id = i.call_id AND e.status = i.call_status
                AND e.event_id <> i.event_id AND e.reversed_in IS NULL
                AND e.source <> 'settlement'
                AND e.started_at >= g.started_at - interval '1 day'
                AND e.started_at < g.started_at + interval '1 day'
                AND (c.exact, c.told, abs(extract(epoch FROM i.ledger_started_at - g.started_at)),
                    i.event_id)
                  > (b.exact, i.ledger_source = 'gateway',
                    abs(extract(epoch FROM e.started_at - g.started_at)), e.event_id)))
      """;

  /** Removes pairs of a slice that turned out to agree. */
  private static final String DROP_AGREED =
      """
      DELETE FROM reconciliation_items i
      WHERE i.run_id = ? AND i.difference IS NULL AND i.event_id IS NOT NULL
        AND i.gateway_started_at >= ? AND i.gateway_started_at < ?
        AND i.input_tokens = 0 AND i.output_tokens = 0 AND i.cost_nanos = 0
        AND i.gateway_key IS NOT DISTINCT FROM i.ledger_key
        AND i.gateway_started_at - i.ledger_started_at
          BETWEEN interval '-1 second' AND interval '1 second'
      """;

  private static final String JOIN_SQL = assembled(JOIN);
  private static final String REPEATS_SQL = assembled(REPEATS);
  private static final String FIND_EVENTS_SQL = assembled(FIND_EVENTS);

  private MatchSql() {}

  /** Matches one slice; everything of it in one transaction. */
  static void match(Connection connection, UUID run, Slice slice) throws SQLException {
    Plans.bySlice(connection);
    if (!join(connection, run, slice)) {
      repeats(connection, run, slice);
    }
    Plans.byKey(connection);
    update(connection, FIND_EVENTS_SQL, run, slice);
    update(connection, DROP_EVENTS, run, slice);
    update(connection, DROP_AGREED, run, slice);
    SliceSql.matched(connection, run, slice);
  }

  /** Whether each call was paired with one call at most. */
  private static boolean join(Connection connection, UUID run, Slice slice) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(JOIN_SQL)) {
      new Parameters(statement)
          .add(run)
          .add(slice.from())
          .add(slice.to())
          .add(slice.from())
          .add(slice.to());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        // A row with two events is one matched row and two matched events.
        return slice.gatewayRepeats() == 0
            && slice.gatewayCalls() - row.getLong(1) == slice.ledgerCalls() - row.getLong(2);
      }
    }
  }

  private static void repeats(Connection connection, UUID run, Slice slice) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(REPEATS_SQL)) {
      new Parameters(statement)
          .add(slice.from())
          .add(slice.to())
          .add(slice.from())
          .add(slice.to())
          .add(run)
          .add(slice.from())
          .add(slice.to())
          .add(run);
      statement.executeUpdate();
    }
  }

  private static void update(Connection connection, String sql, UUID run, Slice slice)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      new Parameters(statement).add(run).add(slice.from()).add(slice.to());
      statement.executeUpdate();
    }
  }

  private static String assembled(String sql) {
    return sql.replace("SET_LEDGER", BookSql.SET_LEDGER)
        .replace("COLUMNS", BookSql.COLUMNS)
        .replace("VALUES", BookSql.VALUES)
        .replace("GATEWAY", BookSql.GATEWAY)
        .replace("LEDGER", BookSql.LEDGER)
        .replace("DIFFER", BookSql.DIFFER);
  }
}
