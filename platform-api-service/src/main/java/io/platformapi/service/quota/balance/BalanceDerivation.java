package io.platformapi.service.quota.balance;

import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Quota;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Makes balances that are not there: from the usage of their windows, and from what is held.
 *
 * <p>The row of all subjects is made first. Who makes it derives the others; who meets it waits
 * until they are there. Who posts usage meets it too, before its own commit, so each call is either
 * among what was derived or added after it. Must run in a transaction that has the posting lock and
 * no other.
 */
public final class BalanceDerivation {
  private static final String CREATE =
      """
      INSERT INTO quota_balances (quota_id, subject, slot, used, held, version)
      SELECT k.quota_id, k.subject, timestamptz 'epoch' + k.slot * interval '1 microsecond', 0, 0, 1
      FROM unnest(?::uuid[], ?::text[], ?::bigint[])
        WITH ORDINALITY AS k (quota_id, subject, slot, place)
      ORDER BY k.place
      ON CONFLICT DO NOTHING
      RETURNING quota_id, subject, slot
      """;

  /** Also of a balance that was lost while somebody held it. */
  private static final String HELD =
      """
      INSERT INTO quota_balances AS b (quota_id, subject, slot, used, held, version)
      SELECT h.quota_id, h.subject, h.slot, 0, sum(h.amount)::bigint, 1
      FROM reservations r
      CROSS JOIN LATERAL unnest(r.hold_quotas, r.hold_subjects, r.hold_windows, r.hold_amounts)
        AS h (quota_id, subject, slot, amount)
      WHERE r.state = 'open' AND r.created_at >= timestamptz 'epoch' + ? * interval '1 microsecond'
        AND (h.quota_id, h.slot) IN (
          SELECT quota_id, timestamptz 'epoch' + slot * interval '1 microsecond'
          FROM unnest(?::uuid[], ?::text[], ?::bigint[]) AS k (quota_id, subject, slot))
      GROUP BY h.quota_id, h.subject, h.slot
      ORDER BY h.quota_id, h.subject, h.slot
      ON CONFLICT (quota_id, subject, slot) DO UPDATE SET
        held = EXCLUDED.held, version = b.version + 1
      """;

  private BalanceDerivation() {}

  /**
   * Makes what is missing of these balances. What was drawn from grants no usage tells: what is
   * missing of that has not been drawn.
   */
  public static void make(Connection connection, SortedMap<BalanceKey, Quota> keys, Instant now)
      throws SQLException {
    SortedMap<BalanceKey, Quota> heads = new TreeMap<>();
    keys.forEach(
        (key, quota) -> {
          if (quota.owns(key)) {
            heads.put(key.head(), quota);
          }
        });
    List<BalanceKey> created = create(connection, heads.keySet());
    if (!created.isEmpty()) {
      used(connection, created, heads, now);
      held(connection, created);
    }
    SortedSet<BalanceKey> subjects = new TreeSet<>(keys.keySet());
    subjects.removeAll(heads.keySet());
    if (!subjects.isEmpty()) {
      create(connection, subjects);
    }
  }

  /** Makes empty rows, in the order of their keys, and returns those that were not there. */
  private static List<BalanceKey> create(Connection connection, Collection<BalanceKey> keys)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(CREATE)) {
      BalanceSql.bindKeys(new Parameters(statement), keys);
      List<BalanceKey> created = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          created.add(
              new BalanceKey(
                  rows.getObject("quota_id", UUID.class),
                  rows.getString("subject"),
                  rows.getObject("slot", OffsetDateTime.class).toInstant()));
        }
      }
      return created;
    }
  }

  private static void used(
      Connection connection, List<BalanceKey> created, Map<BalanceKey, Quota> heads, Instant now)
      throws SQLException {
    SortedMap<BalanceKey, Quota> counted = new TreeMap<>();
    for (BalanceKey head : created) {
      Quota quota = heads.get(head);
      if (CountedUsage.has(quota, head.window())) {
        counted.put(head, quota);
      } else {
        WindowUsage.of(quota, head.window(), now).store(connection);
      }
    }
    CountedUsage.store(connection, counted);
  }

  private static void held(Connection connection, List<BalanceKey> created) throws SQLException {
    // What was reserved before a window began holds nothing of it.
    Instant earliest =
        created.stream().map(BalanceKey::window).min(Comparator.naturalOrder()).orElseThrow();
    try (PreparedStatement statement = connection.prepareStatement(HELD)) {
      Parameters parameters = new Parameters(statement).add(BalanceSql.micros(earliest));
      BalanceSql.bindKeys(parameters, created);
      statement.executeUpdate();
    }
  }
}
