package io.platformapi.service.quota.balance;

import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaBook;
import io.platformapi.service.quota.engine.QuotaWindow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Balances that nothing is decided by any more. */
public final class PastBalances {
  /** What a window has drawn goes with it or after it: whoever still holds may give it back. */
  private static final String REMOVE =
      """
      DELETE FROM quota_balances WHERE ctid IN (
        SELECT b.ctid
        FROM unnest(?::uuid[], ?::uuid[], ?::bigint[]) AS k (id, quota_id, before)
        JOIN quota_balances b ON b.quota_id = k.id AND b.slot > timestamptz 'epoch'
          AND b.slot < timestamptz 'epoch' + k.before * interval '1 microsecond' AND b.held = 0
          AND NOT EXISTS (
            SELECT FROM quota_balances w WHERE w.quota_id = k.quota_id AND w.subject = b.subject
              AND w.slot = b.slot AND w.held <> 0)
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
    List<Kind> kinds = new ArrayList<>();
    for (Quota quota : book.quotas()) {
      if (quota.window().bounded()) {
        Instant first = first(quota.window(), past);
        kinds.add(new Kind(quota.id(), quota.id(), first));
        book.grants(quota).forEach(grant -> kinds.add(new Kind(grant.id(), quota.id(), first)));
      }
    }
    if (kinds.isEmpty()) {
      return 0;
    }
    try (PreparedStatement statement = connection.prepareStatement(REMOVE)) {
      new Parameters(statement)
          .add(kinds.stream().map(kind -> kind.id().toString()).toArray(String[]::new))
          .add(kinds.stream().map(kind -> kind.quotaId().toString()).toArray(String[]::new))
          .add(kinds.stream().mapToLong(kind -> BalanceSql.micros(kind.first())).toArray())
          .add(most);
      return statement.executeUpdate();
    }
  }

  /**
   * Balances of a quota, or of a grant on it.
   *
   * @param first window, or part of one, that stays
   */
  private record Kind(UUID id, UUID quotaId, Instant first) {}

  private static Instant first(QuotaWindow window, Instant past) {
    return window.isRolling() ? window.firstSlot(past) : window.start(past);
  }
}
