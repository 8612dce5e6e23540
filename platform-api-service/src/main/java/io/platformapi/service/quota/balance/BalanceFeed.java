package io.platformapi.service.quota.balance;

import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Tells what has changed of {@code quota_balances} since a snapshot, in one statement, so by one
 * snapshot: what the earlier one did not show, however late it was committed, and nothing twice.
 */
public final class BalanceFeed {
  private static final String PRESENT =
      """
      SELECT pg_current_snapshot() AS snapshot,
        extract(epoch FROM pg_postmaster_start_time())::text || ' '
          || pg_relation_filepath('quota_balances') AS server
      """;

  /**
   * The number of the oldest transaction that an earlier snapshot may not show finds the rows; the
   * snapshot itself tells which of them it does not show. Rows of rolling windows are parts, not
   * sums.
   */
  private static final String NEWS =
      """
      SELECT p.snapshot::text, p.server, p.server = ? AND
          pg_snapshot_xmin(p.snapshot) >= ?::text::xid8 AS same,
        b.quota_id, b.subject, b.slot, b.used, b.held, b.version, b.told, b.exceeded_told, b.told_at
      FROM (%s) p
      LEFT JOIN (
        SELECT * FROM quota_balances c
        WHERE c.changed >= ? AND NOT pg_visible_in_snapshot(c.changed::text::xid8, ?::pg_snapshot)
          AND NOT EXISTS (
            SELECT FROM quotas q WHERE q.id = c.quota_id AND q.window_kind = 'rolling')
        LIMIT ?) b ON true
      """
          .formatted(PRESENT);

  private BalanceFeed() {}

  /**
   * @param before what has been seen; of another server nothing is known
   * @param most that are told; when there are more, none is
   */
  public static BalanceNews since(Connection connection, BalanceNews.Seen before, int most)
      throws SQLException {
    return before.snapshot().isEmpty()
        ? begin(connection)
        : news(connection, before, Long.parseLong(before.snapshot().split(":", 2)[0]), most);
  }

  private static BalanceNews begin(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(PRESENT);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return new BalanceNews(
          new BalanceNews.Seen(row.getString("server"), row.getString("snapshot")),
          false,
          List.of());
    }
  }

  private static BalanceNews news(
      Connection connection, BalanceNews.Seen before, long oldest, int most) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(NEWS)) {
      new Parameters(statement)
          .add(before.server())
          .add(Long.toString(oldest))
          .add(oldest)
          .add(before.snapshot())
          .add(most + 1);
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        BalanceNews.Seen now =
            new BalanceNews.Seen(rows.getString("server"), rows.getString("snapshot"));
        if (!rows.getBoolean("same")) {
          return new BalanceNews(now, false, List.of());
        }
        List<Balance> changed = changed(rows);
        return changed.size() > most
            ? new BalanceNews(now, false, List.of())
            : new BalanceNews(now, true, changed);
      }
    }
  }

  /** From the present row on. */
  private static List<Balance> changed(ResultSet rows) throws SQLException {
    List<Balance> changed = new ArrayList<>();
    do {
      UUID quotaId = rows.getObject("quota_id", UUID.class);
      if (quotaId != null) {
        BalanceKey key =
            new BalanceKey(
                quotaId,
                rows.getString("subject"),
                rows.getObject("slot", OffsetDateTime.class).toInstant());
        changed.add(BalanceSql.read(rows, key));
      }
    } while (rows.next());
    return changed;
  }
}
