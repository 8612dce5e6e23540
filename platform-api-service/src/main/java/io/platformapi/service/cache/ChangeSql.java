package io.platformapi.service.cache;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The tables of changes and of marks in the admin database. */
final class ChangeSql {
  private static final String RECORD = "INSERT INTO changes (kind, key) VALUES (?, ?)";
  private static final String MARK =
      "INSERT INTO change_marks (kind, key) VALUES (?, ?) RETURNING id";
  private static final String UNMARK = "DELETE FROM change_marks WHERE id = ?";
  private static final String TOUCH =
      "UPDATE change_marks SET touched_at = now() WHERE id = ANY (?)";
  private static final String SETTLE_ABANDONED =
      """
      WITH abandoned AS (
        DELETE FROM change_marks WHERE touched_at < now() - ? * interval '1 millisecond'
        RETURNING kind, key)
      INSERT INTO changes (kind, key) SELECT kind, key FROM abandoned
      """;
  // One statement, so one snapshot: what it does not show has an xid of at least its xmin, or was
  // purged, which the horizon tells.
  private static final String NEWS =
      """
      SELECT pg_snapshot_xmin(pg_current_snapshot())::text, extract(epoch FROM pg_postmaster_start_time())::text,
        h.purged::text::bigint, n.id, n.kind, n.key, n.xid::text::bigint, n.abandoned
      FROM change_horizon h LEFT JOIN LATERAL (
        SELECT id, kind, key, xid, false AS abandoned FROM changes WHERE xid >= CAST(? AS xid8)
        UNION ALL
        SELECT NULL, kind, key, NULL, touched_at < now() - ? * interval '1 millisecond'
        FROM change_marks) n ON true
      """;
  private static final String PURGE =
      """
      WITH gone AS (
        DELETE FROM changes
        WHERE changed_at < now() - ? * interval '1 millisecond'
          AND xid < pg_snapshot_xmin(pg_current_snapshot())
        RETURNING xid)
      UPDATE change_horizon SET purged = greatest(purged, newest.xid)
      FROM (SELECT xid FROM gone ORDER BY xid DESC LIMIT 1) newest
      """;

  Void record(Connection connection, Change change) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(RECORD)) {
      bind(insert, change);
      insert.executeUpdate();
      return null;
    }
  }

  long mark(Connection connection, Change change) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(MARK)) {
      bind(insert, change);
      try (ResultSet row = insert.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  /** The mark becomes a change, also when somebody has taken it for abandoned meanwhile. */
  Void settle(Connection connection, long mark, Change change) throws SQLException {
    try (PreparedStatement delete = connection.prepareStatement(UNMARK)) {
      delete.setLong(1, mark);
      delete.executeUpdate();
    }
    return record(connection, change);
  }

  Void touch(Connection connection, Collection<Long> marks) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(TOUCH)) {
      update.setArray(1, connection.createArrayOf("bigint", marks.toArray()));
      update.executeUpdate();
      return null;
    }
  }

  int settleAbandoned(Connection connection, Duration patience) throws SQLException {
    try (PreparedStatement settle = connection.prepareStatement(SETTLE_ABANDONED)) {
      settle.setLong(1, patience.toMillis());
      return settle.executeUpdate();
    }
  }

  /**
   * @param position of the news before; what is at or behind it may come again
   */
  News news(Connection connection, long position, Duration patience) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(NEWS)) {
      select.setString(1, Long.toString(position));
      select.setLong(2, patience.toMillis());
      try (ResultSet rows = select.executeQuery()) {
        List<News.Row> changes = new ArrayList<>();
        News news = null;
        boolean abandoned = false;
        while (rows.next()) {
          if (news == null) {
            news = new News(rows.getLong(1), rows.getString(2), rows.getLong(3), changes, false);
          }
          long id = rows.getLong(4);
          boolean mark = rows.wasNull();
          if (rows.getString(5) != null) {
            changes.add(
                new News.Row(
                    mark ? News.MARK : id, rows.getString(5), rows.getString(6), rows.getLong(7)));
          }
          abandoned |= rows.getBoolean(8);
        }
        if (news == null) {
          throw new IllegalStateException("change_horizon is empty");
        }
        return new News(news.position(), news.server(), news.purged(), changes, abandoned);
      }
    }
  }

  Void purge(Connection connection, Duration age) throws SQLException {
    try (PreparedStatement purge = connection.prepareStatement(PURGE)) {
      purge.setLong(1, age.toMillis());
      purge.executeUpdate();
      return null;
    }
  }

  private static void bind(PreparedStatement statement, Change change) throws SQLException {
    statement.setString(1, change.kind().code());
    statement.setString(2, change.key());
  }
}
