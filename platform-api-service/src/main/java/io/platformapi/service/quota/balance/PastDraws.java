package io.platformapi.service.quota.balance;

import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.quota.engine.BalanceKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What was drawn from grants before some window. */
public final class PastDraws {
  /** Rows of past windows may have gone: what they have drawn is what no other has. */
  private static final String READ =
      """
      SELECT b.quota_id, b.subject,
        sum(CASE WHEN b.slot = timestamptz 'epoch' THEN b.used ELSE -b.used END)::bigint AS drawn
      FROM unnest(?::uuid[], ?::bigint[]) AS k (id, first)
      JOIN quota_balances b ON b.quota_id = k.id
        AND (b.slot = timestamptz 'epoch'
          OR b.slot >= timestamptz 'epoch' + k.first * interval '1 microsecond')
      GROUP BY b.quota_id, b.subject
      HAVING sum(CASE WHEN b.slot = timestamptz 'epoch' THEN b.used ELSE -b.used END) > 0
      LIMIT ?
      """;

  private PastDraws() {}

  /**
   * What each subject had drawn in all, by {@link
   * io.platformapi.service.quota.engine.QuotaGrant#total}; where it was nothing there is nothing.
   *
   * @param windows of each grant the first window that does not count, by its start
   * @param most balances
   */
  public static Map<BalanceKey, Long> read(
      Connection connection, Map<UUID, Instant> windows, int most) throws SQLException {
    List<UUID> grants = List.copyOf(windows.keySet());
    Map<BalanceKey, Long> drawn = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(READ)) {
      new Parameters(statement)
          .add(grants.stream().map(UUID::toString).toArray(String[]::new))
          .add(grants.stream().map(windows::get).mapToLong(BalanceSql::micros).toArray())
          .add(most);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          drawn.put(
              new BalanceKey(
                  rows.getObject("quota_id", UUID.class), rows.getString("subject"), Instant.EPOCH),
              rows.getLong("drawn"));
        }
      }
    }
    return drawn;
  }
}
