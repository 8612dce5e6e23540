package io.platformapi.service.reconciliation;

import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.reconciliation.SliceSql.Sides;
import io.platformapi.service.reconciliation.SliceSql.Slice;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Joins the two sides of a slice by call id, answer id and status. What does not agree becomes
 * items without a class.
 *
 * <p>All that reads whole slices only reads, and ends in one row: so PostgreSQL may use several
 * processes for it, which it does for no statement that writes.
 */
final class SliceJoinSql {
  private static final String SUMS =
      """
      SELECT g.calls, g.cost, l.calls, l.cost
      FROM (SELECT count(*) AS calls, coalesce(sum(cost_nanos), 0) AS cost
          FROM (GATEWAY) AS calls) AS g,
        (SELECT count(*) AS calls, coalesce(sum(cost_nanos), 0) AS cost
          FROM (LEDGER) AS calls) AS l
      """;

  /**
   * One hash join. Answer ids are compared behind the hash: nearly all are equal as they are, and
   * those of cache hits but for their endings. What is left comes back as the keys of its sides,
   * one text each, since each condition of an aggregate is worked out by itself.
   */
  private static final String JOIN =
      """
      SELECT count(*) FILTER (WHERE g.request_id IS NOT NULL AND l.event_id IS NOT NULL) AS pairs,
        count(*) FILTER (WHERE l.event_id IS NULL) AS gateway_alone,
        count(*) FILTER (WHERE g.request_id IS NULL) AS ledger_alone,
        coalesce(array_agg(concat(l.event_id, '|', l.started_at, '|', g.request_id))
          FILTER (WHERE g.request_id IS NULL OR l.event_id IS NULL OR DIFFER), '{}') AS left_over,
        coalesce(array_agg(g.call_id)
          FILTER (WHERE g.started_at <> date_trunc('milliseconds', l.started_at)), '{}') AS suspects
      FROM (GATEWAY) AS g FULL JOIN (LEDGER) AS l
        ON l.call_id = g.call_id AND l.status = g.status
        AND (l.response_id = g.request_id OR l.base = g.base)
      """;

  /** Items of what is left, by its keys. */
  private static final String LEFT_OVER =
      """
      INSERT INTO reconciliation_items (COLUMNS)
      SELECT VALUES
      FROM (
        SELECT nullif(event_id, '')::uuid AS event_id,
          nullif(started_at, '')::timestamptz AS started_at,
          nullif(substr(keys, length(event_id) + length(started_at) + 3), '') AS request_id
        FROM (
          SELECT keys, split_part(keys, '|', 1) AS event_id, split_part(keys, '|', 2) AS started_at
          FROM unnest(?::text[]) AS keys) AS parts) AS k
      LEFT JOIN (GATEWAY) AS g ON g.request_id = k.request_id
      LEFT JOIN (LEDGER) AS l ON l.started_at = k.started_at AND l.event_id = k.event_id
      """;

  /** The same join, of a few calls. */
  private static final String SUSPECTS =
      """
      SELECT count(*), count(DISTINCT g.request_id), count(DISTINCT l.event_id)
      FROM (SELECT * FROM (GATEWAY) AS g WHERE call_id = ANY (?)) AS g
      JOIN (SELECT * FROM (LEDGER) AS l WHERE call_id = ANY (?)) AS l
        ON l.call_id = g.call_id AND l.status = g.status
        AND (l.response_id = g.request_id OR l.base = g.base)
      """;

  private static final String REPEATED_CALLS =
      """
      SELECT coalesce(array_agg(call_id), '{}') FROM (
        SELECT call_id FROM (SIDE) AS calls GROUP BY call_id HAVING count(*) > 1) AS repeated
      """;

  /**
   * Pairs the calls whose ids repeat on some side, one to one: the gateway's event before an
   * adjustment, then the one that came first. Whatever is beyond the pairs is a duplicate.
   */
  private static final String REPEATS =
      """
      WITH calls_g AS (SELECT * FROM (GATEWAY) AS g WHERE call_id = ANY (?)),
      calls_l AS (SELECT * FROM (LEDGER) AS l WHERE call_id = ANY (?)),
      repeated AS (
        SELECT call_id, base, status FROM calls_l GROUP BY 1, 2, 3 HAVING count(*) > 1
        UNION
        SELECT call_id, base, status FROM calls_g GROUP BY 1, 2, 3 HAVING count(*) > 1),
      cleared AS (
        DELETE FROM reconciliation_items i USING repeated r
        WHERE i.run_id = ? AND i.difference IS NULL AND i.call_id = r.call_id
          AND i.call_status = r.status
          AND i.seq > ?
          AND split_part(coalesce(i.response_id, i.request_id), '_cache_hit', 1) = r.base),
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

  private static final String SUMS_SQL = assembled(SUMS);
  private static final String JOIN_SQL = assembled(JOIN);
  private static final String LEFT_OVER_SQL =
      assembled(LEFT_OVER).replace("started_at >= ? AND started_at < ?", "true");
  private static final String SUSPECTS_SQL = assembled(SUSPECTS);
  private static final String REPEATED_ROWS = REPEATED_CALLS.replace("SIDE", BookSql.GATEWAY);
  private static final String REPEATED_EVENTS = REPEATED_CALLS.replace("SIDE", BookSql.LEDGER);
  private static final String REPEATS_SQL = assembled(REPEATS);

  private SliceJoinSql() {}

  /**
   * Joins a slice.
   *
   * @param before last item that was there before the slice's
   */
  static Sides join(Connection connection, UUID run, Slice slice, long before) throws SQLException {
    Plans.bySlice(connection);
    Sides sides = sums(connection, slice);
    Joined joined = joined(connection, slice);
    long beyondRows = joined.pairs - (sides.gatewayCalls() - joined.gatewayAlone);
    long beyondEvents = joined.pairs - (sides.ledgerCalls() - joined.ledgerAlone);
    List<Array> repeated = new ArrayList<>();
    if (beyondRows > 0 || beyondEvents > 0) {
      if (areAll(connection, slice, joined.suspects, beyondRows, beyondEvents)) {
        repeated.add(joined.suspects);
      } else {
        repeated.add(repeated(connection, REPEATED_EVENTS, slice));
        repeated.add(repeated(connection, REPEATED_ROWS, slice));
      }
    }
    Plans.byKey(connection);
    leftOver(connection, run, joined.leftOver);
    for (Array callIds : repeated) {
      repeats(connection, run, slice, before, callIds);
    }
    return sides;
  }

  /**
   * Whether the suspects are all whose ids repeat: two events of one call have different starts, so
   * one of them has not that of the row. Counting tells: more pairs than partners are among them or
   * among others.
   */
  private static boolean areAll(
      Connection connection, Slice slice, Array suspects, long beyondRows, long beyondEvents)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(SUSPECTS_SQL)) {
      new Parameters(statement)
          .add(slice.from())
          .add(slice.to())
          .add(suspects)
          .add(slice.from())
          .add(slice.to())
          .add(suspects);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getLong(1) - row.getLong(2) == beyondRows
            && row.getLong(1) - row.getLong(3) == beyondEvents;
      }
    }
  }

  /**
   * @param pairs that were found; more than there are calls of a side with a partner when some of
   *     them have several
   * @param suspects call ids of pairs that do not start in the same millisecond
   */
  private record Joined(
      long pairs, long gatewayAlone, long ledgerAlone, Array leftOver, Array suspects) {}

  private static Sides sums(Connection connection, Slice slice) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(SUMS_SQL)) {
      ofBothSides(statement, slice);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return new Sides(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4));
      }
    }
  }

  private static Joined joined(Connection connection, Slice slice) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(JOIN_SQL)) {
      ofBothSides(statement, slice);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return new Joined(
            row.getLong(1), row.getLong(2), row.getLong(3), row.getArray(4), row.getArray(5));
      }
    }
  }

  private static void leftOver(Connection connection, UUID run, Array keys) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(LEFT_OVER_SQL)) {
      new Parameters(statement).add(run).add(keys);
      statement.executeUpdate();
    }
  }

  private static Array repeated(Connection connection, String sql, Slice slice)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      new Parameters(statement).add(slice.from()).add(slice.to());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getArray(1);
      }
    }
  }

  private static void repeats(
      Connection connection, UUID run, Slice slice, long before, Array callIds)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(REPEATS_SQL)) {
      new Parameters(statement)
          .add(slice.from())
          .add(slice.to())
          .add(callIds)
          .add(slice.from())
          .add(slice.to())
          .add(callIds)
          .add(run)
          .add(before)
          .add(run);
      statement.executeUpdate();
    }
  }

  private static void ofBothSides(PreparedStatement statement, Slice slice) throws SQLException {
    new Parameters(statement).add(slice.from()).add(slice.to()).add(slice.from()).add(slice.to());
  }

  private static String assembled(String sql) {
    return sql.replace("COLUMNS", BookSql.COLUMNS)
        .replace("VALUES", BookSql.VALUES)
        .replace("GATEWAY", BookSql.GATEWAY)
        .replace("LEDGER", BookSql.LEDGER)
        .replace("DIFFER", BookSql.DIFFER);
  }
}
