package io.platformapi.service.quota.balance;

import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceChange;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaBook;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Adds to balances, in one round trip and in the order of their keys. A hold of a quota that is no
 * more is nobody's concern.
 */
public final class BalanceChanges {
  /** Tells which of the balances that stand for all subjects are not there. */
  private static final String HEADS =
      """
      SELECT k.place
      FROM unnest(?::uuid[], ?::text[], ?::bigint[])
        WITH ORDINALITY AS k (quota_id, subject, slot, place)
      WHERE NOT EXISTS (
        SELECT FROM quota_balances b
        WHERE b.quota_id = k.quota_id AND b.subject = k.subject
          AND b.slot = timestamptz 'epoch' + k.slot * interval '1 microsecond')
      """;

  /** Of a subject that has no row nothing can be held, so nothing is taken from it. */
  private static final String ADD =
      """
      INSERT INTO quota_balances AS b (quota_id, subject, slot, used, held, version)
      SELECT k.quota_id, k.subject, timestamptz 'epoch' + k.slot * interval '1 microsecond',
        k.used, k.held, 0
      FROM unnest(?::uuid[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[])
        AS k (quota_id, subject, slot, used, held)
      WHERE k.held >= 0 OR EXISTS (
        SELECT FROM quota_balances b
        WHERE b.quota_id = k.quota_id AND b.subject = k.subject
          AND b.slot = timestamptz 'epoch' + k.slot * interval '1 microsecond')
      ON CONFLICT (quota_id, subject, slot) DO UPDATE SET
        used = b.used + EXCLUDED.used, held = b.held + EXCLUDED.held, version = b.version + 1
      """;

  private static final String SQL = HEADS + ";" + ADD + ";" + BalanceSql.READ;

  private final SortedMap<BalanceKey, Quota> balances = new TreeMap<>();
  private final SortedMap<BalanceKey, Quota> heads = new TreeMap<>();
  private final SortedMap<BalanceKey, long[]> rows = new TreeMap<>();

  private BalanceChanges() {}

  /**
   * Makes the changes.
   *
   * @param book the present quotas
   * @return the balances as they are now
   * @throws MissingBalancesException when some have not been made yet; the transaction must go
   */
  public static List<Balance> apply(
      Connection connection, Collection<BalanceChange> changes, QuotaBook book, Instant now)
      throws SQLException {
    BalanceChanges added = new BalanceChanges();
    changes.forEach(
        change ->
            book.find(change.key().quotaId()).ifPresent(quota -> added.add(change, quota, now)));
    return added.balances.isEmpty() ? List.of() : added.apply(connection, now);
  }

  private void add(BalanceChange change, Quota quota, Instant now) {
    BalanceKey key = change.key();
    balances.put(key, quota);
    add(key, change.slot() == null ? change.used() : 0, change.held());
    if (change.slot() != null) {
      add(new BalanceKey(key.quotaId(), key.subject(), change.slot()), change.used(), 0);
    }
    if (change.used() != 0
        || quota.window().isRolling()
        || QuotaBook.counts(quota, key.window(), now)) {
      heads.put(key.head(), quota);
    }
  }

  private void add(BalanceKey row, long used, long held) {
    long[] sums = rows.computeIfAbsent(row, key -> new long[2]);
    sums[0] = Math.addExact(sums[0], used);
    sums[1] = Math.addExact(sums[1], held);
  }

  private List<Balance> apply(Connection connection, Instant now) throws SQLException {
    List<BalanceKey> headKeys = List.copyOf(heads.keySet());
    List<BalanceKey> keys = List.copyOf(balances.keySet());
    try (PreparedStatement statement = connection.prepareStatement(SQL)) {
      Parameters parameters = new Parameters(statement);
      BalanceSql.bindKeys(parameters, headKeys);
      BalanceSql.bindKeys(parameters, rows.keySet());
      parameters
          .add(rows.values().stream().mapToLong(sums -> sums[0]).toArray())
          .add(rows.values().stream().mapToLong(sums -> sums[1]).toArray());
      BalanceSql.bindRead(parameters, balances, now);
      statement.execute();
      refuseMissing(statement.getResultSet(), headKeys);
      statement.getMoreResults();
      statement.getMoreResults();
      Map<BalanceKey, Balance> found = new HashMap<>();
      BalanceSql.answer(statement.getResultSet(), keys, found);
      return List.copyOf(found.values());
    }
  }

  private void refuseMissing(ResultSet places, List<BalanceKey> headKeys) throws SQLException {
    Map<BalanceKey, Quota> missing = new HashMap<>();
    while (places.next()) {
      BalanceKey head = headKeys.get(places.getInt(1) - 1);
      missing.put(head, heads.get(head));
    }
    if (!missing.isEmpty()) {
      throw new MissingBalancesException(missing);
    }
  }
}
