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
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Adds to balances, in one round trip and in the order of their keys. A hold of a quota that is no
 * more is nobody's concern.
 */
public final class BalanceChanges {
  /** Counts those of given rows that are there. */
  static final String COUNT_HEADS =
      """
      SELECT count(*) AS there
      FROM unnest(?::uuid[], ?::text[], ?::bigint[]) AS h (quota_id, subject, slot)
      CROSS JOIN LATERAL (
        SELECT true FROM quota_balances b
        WHERE b.quota_id = h.quota_id AND b.subject = h.subject
          AND b.slot = timestamptz 'epoch' + h.slot * interval '1 microsecond'
        LIMIT 1) AS there
      """;

  /**
   * Adds, if the balances that stand for all subjects are there. Otherwise it must lock nothing:
   * whoever makes them now would wait for it. Of a subject that has no row nothing can be held, so
   * nothing is taken from it.
   */
  private static final String ADD_IF_THERE =
      """
      WITH heads AS (%s),
      added AS (
        INSERT INTO quota_balances AS b (quota_id, subject, slot, used, held, version)
        SELECT k.quota_id, k.subject, timestamptz 'epoch' + k.slot * interval '1 microsecond',
          k.used, k.held, 0
        FROM unnest(?::uuid[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[])
          AS k (quota_id, subject, slot, used, held)
        WHERE ? = (SELECT there FROM heads)
          AND (k.held >= 0 OR (
            SELECT true FROM quota_balances b
            WHERE b.quota_id = k.quota_id AND b.subject = k.subject
              AND b.slot = timestamptz 'epoch' + k.slot * interval '1 microsecond'
            LIMIT 1))
        ON CONFLICT (quota_id, subject, slot) DO UPDATE SET
          used = b.used + EXCLUDED.used, held = b.held + EXCLUDED.held, version = b.version + 1,
          changed = EXCLUDED.changed
        RETURNING *)
      SELECT heads.there, added.* FROM heads LEFT JOIN added ON true
      """
          .formatted(COUNT_HEADS);

  /** The same, then what there is of rolling windows: more than the rows that were added to. */
  private static final String ADD_AND_READ = ADD_IF_THERE + ";" + BalanceSql.READ;

  private static final long[] NOTHING = {0, 0};

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
    BalanceChanges added = of(changes, book, now);
    if (added.isEmpty()) {
      return List.of();
    }
    try (PreparedStatement statement = connection.prepareStatement(added.sql())) {
      added.bind(new Parameters(statement), now);
      statement.execute();
      return added.answer(statement);
    }
  }

  /** The changes, for who makes them together with others of his own. */
  public static BalanceChanges of(Collection<BalanceChange> changes, QuotaBook book, Instant now) {
    BalanceChanges added = new BalanceChanges();
    for (BalanceChange change : changes) {
      book.quotaOf(change.key())
          .ifPresent(
              quota -> {
                added.add(change, quota, now);
                added.lock(book.grantBalances(quota, change.key()), quota);
              });
    }
    return added;
  }

  /** They are made if need be, and read with the others: what is drawn from them depends on it. */
  private void lock(List<BalanceKey> keys, Quota quota) {
    for (BalanceKey key : keys) {
      balances.put(key, quota);
      add(key, 0, 0);
    }
  }

  /** Whether nothing is to be changed: then there is no statement to run. */
  public boolean isEmpty() {
    return balances.isEmpty();
  }

  private void add(BalanceChange change, Quota quota, Instant now) {
    BalanceKey key = change.key();
    balances.put(key, quota);
    add(key, change.slot() == null ? change.used() : 0, change.held());
    if (change.slot() != null) {
      add(new BalanceKey(key.quotaId(), key.subject(), change.slot()), change.used(), 0);
    }
    if (quota.owns(key)
        && (change.used() != 0
            || quota.window().isRolling()
            || QuotaBook.counts(quota, key.window(), now))) {
      heads.put(key.head(), quota);
    }
  }

  private void add(BalanceKey row, long used, long held) {
    long[] sums = rows.computeIfAbsent(row, key -> new long[2]);
    sums[0] = Math.addExact(sums[0], used);
    sums[1] = Math.addExact(sums[1], held);
  }

  /** One statement or two. */
  public String sql() {
    return rolling() ? ADD_AND_READ : ADD_IF_THERE;
  }

  /** The balances that stand for all subjects of those that are changed. */
  Set<BalanceKey> heads() {
    return heads.keySet();
  }

  /** What is added to what is used of a row. */
  long used(BalanceKey row) {
    return rows.getOrDefault(row, NOTHING)[0];
  }

  /** What is added to what is held of a row. */
  long held(BalanceKey row) {
    return rows.getOrDefault(row, NOTHING)[1];
  }

  private boolean rolling() {
    return BalanceSql.anyRolling(balances);
  }

  public void bind(Parameters to, Instant now) throws SQLException {
    BalanceSql.bindKeys(to, heads.keySet());
    BalanceSql.bindKeys(to, rows.keySet());
    to.add(rows.values().stream().mapToLong(sums -> sums[0]).toArray())
        .add(rows.values().stream().mapToLong(sums -> sums[1]).toArray())
        .add(heads.size());
    if (rolling()) {
      BalanceSql.bindRead(to, balances, now);
    }
  }

  /**
   * Reads the answers of {@link #sql}, from the present one of a statement on; the last one is the
   * present one then.
   *
   * @return the balances as they are now
   * @throws MissingBalancesException when some have not been made yet; the transaction must go
   */
  public List<Balance> answer(PreparedStatement statement) throws SQLException {
    List<Balance> changed = added(statement.getResultSet());
    if (!rolling()) {
      return changed;
    }
    statement.getMoreResults();
    Map<BalanceKey, Balance> found = new HashMap<>();
    BalanceSql.answer(statement.getResultSet(), List.copyOf(balances.keySet()), found);
    return List.copyOf(found.values());
  }

  private List<Balance> added(ResultSet answer) throws SQLException {
    List<Balance> added = new ArrayList<>(rows.size());
    while (answer.next()) {
      if (answer.getInt("there") < heads.size()) {
        // Nothing was added. Which ones they are is found out when they are made.
        throw new MissingBalancesException(heads);
      }
      UUID quotaId = answer.getObject("quota_id", UUID.class);
      if (quotaId != null) {
        Instant slot = answer.getObject("slot", OffsetDateTime.class).toInstant();
        added.add(
            BalanceSql.read(answer, new BalanceKey(quotaId, answer.getString("subject"), slot)));
      }
    }
    return added;
  }
}
