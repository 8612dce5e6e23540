package io.platformapi.service.reconciliation;

import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.reconciliation.SliceSql.Sides;
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
 * leave ({@link SliceJoinSql}). Then those that are left, one by one through the index of call ids,
 * up to a day away: the clocks may differ, and an id may. Calls without ids come last (see {@link
 * LeftoverSql}).
 */
final class MatchSql {
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
            AND e.started_at - i.gateway_started_at >= interval '-1 day' AND e.started_at - i.gateway_started_at < interval '1 day'
            AND NOT EXISTS (
              SELECT FROM gateway_calls o
              WHERE o.call_id = e.call_id AND o.status = e.status AND o.request_id <> i.request_id
                AND split_part(o.request_id, '_cache_hit', 1)
                  = split_part(e.response_id, '_cache_hit', 1))
          ORDER BY e.source <> 'gateway', away LIMIT 1) AS l
        WHERE i.run_id = ? AND i.difference IS NULL AND i.reason IS NULL AND i.event_id IS NULL
          AND i.call_id IS NOT NULL AND i.seq > ?)
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
        AND i.seq > ?
        AND EXISTS (
          SELECT FROM gateway_calls g
          CROSS JOIN LATERAL (SELECT
            split_part(g.request_id, '_cache_hit', 1) AS base,
            split_part(g.request_id, '_cache_hit', 1)
              IS NOT DISTINCT FROM split_part(i.response_id, '_cache_hit', 1) AS exact) AS b
          WHERE g.call_id = i.call_id AND g.status = i.call_status
            AND g.started_at - i.ledger_started_at >= interval '-1 day' AND g.started_at - i.ledger_started_at < interval '1 day'
            AND NOT EXISTS (
              SELECT FROM usage_events e
              CROSS JOIN LATERAL (SELECT
                split_part(e.response_id, '_cache_hit', 1) IS NOT DISTINCT FROM b.base AS exact,
                e.source = 'gateway' AS told) AS c
              WHERE e.call_id = i.call_id AND e.status = i.call_status
                AND e.event_id <> i.event_id AND e.reversed_in IS NULL
                AND e.source <> 'settlement'
                AND e.started_at - g.started_at >= interval '-1 day' AND e.started_at - g.started_at < interval '1 day'
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
        AND i.seq > ?
        AND i.input_tokens = 0 AND i.output_tokens = 0 AND i.cost_nanos = 0
        AND i.gateway_key IS NOT DISTINCT FROM i.ledger_key
        AND i.gateway_started_at - i.ledger_started_at
          BETWEEN interval '-1 second' AND interval '1 second'
      """;

  private static final String LAST_ITEM =
      "SELECT coalesce(max(seq), 0) FROM reconciliation_items WHERE run_id = ?";
  private static final String FIND_EVENTS_SQL =
      FIND_EVENTS.replace("SET_LEDGER", BookSql.SET_LEDGER);

  private MatchSql() {}

  /** Matches one slice; everything of it in one transaction. */
  static void match(Connection connection, UUID run, Slice slice) throws SQLException {
    long before = lastItem(connection, run);
    Sides sides = SliceJoinSql.join(connection, run, slice, before);
    Plans.byKey(connection);
    update(connection, FIND_EVENTS_SQL, run, before);
    update(connection, DROP_EVENTS, run, before);
    update(connection, DROP_AGREED, run, before);
    SliceSql.matched(connection, run, slice, sides);
  }

  /** The last item that was there before the slice's. */
  private static long lastItem(Connection connection, UUID run) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(LAST_ITEM)) {
      statement.setObject(1, run);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  private static void update(Connection connection, String sql, UUID run, long before)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      new Parameters(statement).add(run).add(before);
      statement.executeUpdate();
    }
  }
}
