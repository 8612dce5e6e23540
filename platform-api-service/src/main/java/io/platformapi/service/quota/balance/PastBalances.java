package io.platformapi.service.quota.balance;

import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaBook;
import io.platformapi.service.quota.engine.QuotaWindow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** Balances that nothing is decided by any more. */
public final class PastBalances {
  private static final String REMOVE =
      """
      DELETE FROM quota_balances WHERE ctid IN (
        SELECT b.ctid
        FROM unnest(?::uuid[], ?::bigint[]) AS k (quota_id, before)
        JOIN quota_balances b ON b.quota_id = k.quota_id AND b.slot > timestamptz 'epoch'
          AND b.slot < timestamptz 'epoch' + k.before * interval '1 microsecond' AND b.held = 0
        LIMIT ? FOR UPDATE OF b SKIP LOCKED)
      """;

  private PastBalances() {}

  /**
   * Removes those of windows, and of parts of windows, that ended before a time and longer ago than
   * late usage is added; also what they have drawn from grants, but not that it was drawn.
   *
   * @return how many, at most as many as said
   */
  public static int remove(Connection connection, QuotaBook book, Instant before, int most)
      throws SQLException {
    Instant past = before.minus(QuotaBook.LATE);
    Map<UUID, Instant> firsts = new LinkedHashMap<>();
    for (Quota quota : book.quotas()) {
      if (quota.window().bounded()) {
        Instant first = first(quota.window(), past);
        firsts.put(quota.id(), first);
        book.grants(quota).forEach(grant -> firsts.put(grant.id(), first));
      }
    }
    if (firsts.isEmpty()) {
      return 0;
    }
    try (PreparedStatement statement = connection.prepareStatement(REMOVE)) {
      new Parameters(statement)
          .add(firsts.keySet().stream().map(UUID::toString).toArray(String[]::new))
          .add(firsts.values().stream().mapToLong(BalanceSql::micros).toArray())
          .add(most);
      return statement.executeUpdate();
    }
  }

  private static Instant first(QuotaWindow window, Instant past) {
    return window.isRolling() ? window.firstSlot(past) : window.start(past);
  }
}
