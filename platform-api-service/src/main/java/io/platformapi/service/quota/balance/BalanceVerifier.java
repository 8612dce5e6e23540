package io.platformapi.service.quota.balance;

import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaBook;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/**
 * Proves a tenant's balances from its other rows: what is used is the usage events added up that
 * the quota counts, what is held is what open reservations hold; no grant has given more than it
 * has. Reads everything; give it one snapshot (REPEATABLE READ) when others write meanwhile.
 */
public final class BalanceVerifier {
  private static final int MAX_FINDINGS = 100;

  private static final String HEADS =
      "SELECT quota_id, slot FROM quota_balances WHERE quota_id = ? AND subject = ''"
          + " AND (NOT ? OR slot = timestamptz 'epoch')";

  private static final String USED_DIFFERS =
      """
      SELECT format('quota %%s, %%s from %%s has used %%s, the events say %%s', ?::text,
        quote_literal(subject), slot, b.used, u.used)
      FROM (SELECT subject, slot, used FROM quota_balances WHERE quota_id = ?::uuid AND %s) b
      FULL JOIN (%s) u USING (subject, slot)
      WHERE coalesce(b.used, 0) <> coalesce(u.used, 0) AND (u.slot IS NULL OR u.%s)
      """;

  private static final String HELD_DIFFERS =
      """
      SELECT format('quota %s, %s from %s holds %s, the open reservations say %s', quota_id,
        quote_literal(subject), slot, b.held, r.held)
      FROM (SELECT quota_id, subject, slot, held FROM quota_balances) b
      FULL JOIN (
        SELECT h.quota_id, h.subject, h.slot, sum(h.amount) AS held
        FROM reservations r
        CROSS JOIN LATERAL unnest(r.hold_quotas, r.hold_subjects, r.hold_windows, r.hold_amounts)
          AS h (quota_id, subject, slot, amount)
        JOIN quotas q ON q.id = h.quota_id
        WHERE r.state = 'open'
        GROUP BY h.quota_id, h.subject, h.slot) r USING (quota_id, subject, slot)
      WHERE coalesce(b.held, 0) <> coalesce(r.held, 0)
      """;

  private static final String STRAY =
      """
      SELECT format('balance of quota %s, which is no more', b.quota_id)
      FROM quota_balances b
      LEFT JOIN quotas q ON q.id = b.quota_id
      LEFT JOIN quota_grants g ON g.id = b.quota_id
      WHERE q.id IS NULL AND g.id IS NULL
      """;

  /** Of windows long past it is no longer known what they have drawn. */
  private static final String DRAWN_DIFFERS =
      """
      SELECT format('grant %s of %s has given %s to %s, and says %s', g.id, g.amount, d.drawn,
        quote_literal(d.subject), d.said)
      FROM quota_grants g
      JOIN (
        SELECT quota_id, subject, min(used) AS lowest,
          coalesce(sum(used) FILTER (WHERE slot > timestamptz 'epoch'), 0) AS drawn,
          coalesce(sum(used) FILTER (WHERE slot = timestamptz 'epoch'), 0) AS said
        FROM quota_balances GROUP BY quota_id, subject) d ON d.quota_id = g.id
      WHERE d.said > g.amount OR d.said < d.drawn OR d.lowest < 0
      """;

  /**
   * What does not hold, in words; empty when the balances are right. At most {@value #MAX_FINDINGS}
   * of each kind.
   *
   * @param book the tenant's quotas
   */
  public List<String> findings(Connection connection, QuotaBook book, Instant now)
      throws SQLException {
    List<String> findings = new ArrayList<>();
    collect(connection, HELD_DIFFERS, List.of(), findings);
    collect(connection, STRAY, List.of(), findings);
    collect(connection, DRAWN_DIFFERS, List.of(), findings);
    for (Quota quota : book.quotas()) {
      for (Instant window : windows(connection, quota)) {
        if (quota.window().isRolling() || QuotaBook.counts(quota, window, now)) {
          used(connection, quota, window, now, findings);
        }
      }
    }
    return findings;
  }

  private static List<Instant> windows(Connection connection, Quota quota) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(HEADS)) {
      new Parameters(statement).add(quota.id()).add(quota.window().isRolling());
      List<Instant> windows = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          windows.add(rows.getObject("slot", OffsetDateTime.class).toInstant());
        }
      }
      return windows;
    }
  }

  private static void used(
      Connection connection, Quota quota, Instant window, Instant now, List<String> findings)
      throws SQLException {
    boolean rolling = quota.window().isRolling();
    Instant from = rolling ? quota.window().firstSlot(now) : window;
    String time =
        "slot "
            + (rolling ? ">" : "")
            + "= timestamptz 'epoch' + "
            + BalanceSql.micros(from)
            + " * interval '1 microsecond'";
    WindowUsage usage = WindowUsage.of(quota, window, now);
    List<Object> parameters = new ArrayList<>();
    parameters.add(quota.id().toString());
    parameters.add(quota.id().toString());
    parameters.addAll(usage.parameters());
    collect(connection, USED_DIFFERS.formatted(time, usage.query(), time), parameters, findings);
  }

  private static void collect(
      Connection connection, String sql, List<Object> parameters, List<String> findings)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(sql + " LIMIT " + MAX_FINDINGS)) {
      Parameters to = new Parameters(statement);
      for (Object parameter : parameters) {
        to.add(parameter);
      }
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          findings.add(rows.getString(1));
        }
      }
    }
  }
}
