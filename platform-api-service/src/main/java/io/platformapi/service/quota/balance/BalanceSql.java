package io.platformapi.service.quota.balance;

import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.Told;
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
import java.util.SortedMap;

/** The rows of {@code quota_balances}: read, and locked in the order of their keys. */
public final class BalanceSql {

  /**
   * Locks what is there of the given rows, in their order, and returns it. Not a join: a plan from
   * the time when there were few rows would read all.
   */
  public static final String LOCK =
      """
      SELECT k.place, b.*
      FROM unnest(?::uuid[], ?::text[], ?::bigint[])
        WITH ORDINALITY AS k (quota_id, subject, slot, place)
      CROSS JOIN LATERAL (
        SELECT used, held, version, told, exceeded_told, told_at FROM quota_balances
        WHERE quota_id = k.quota_id AND subject = k.subject
          AND slot = timestamptz 'epoch' + k.slot * interval '1 microsecond'
        FOR UPDATE) AS b
      """;

  /** SQLSTATE of a division by zero: how a statement without a procedure says no. */
  public static final String NOT_SO = "22012";

  /**
   * Reads what is there, in the same way; of a rolling window with the sum of the parts from a
   * first one on.
   */
  public static final String READ =
      """
      SELECT k.place, CASE WHEN k.first_slot IS NULL THEN b.used ELSE (
          SELECT coalesce(sum(p.used), 0)::bigint FROM quota_balances p
          WHERE p.quota_id = k.quota_id AND p.subject = k.subject
            AND p.slot >= timestamptz 'epoch' + k.first_slot * interval '1 microsecond'
        ) END AS used,
        b.held, b.version, b.told, b.exceeded_told, b.told_at
      FROM unnest(?::uuid[], ?::text[], ?::bigint[], ?::bigint[])
        WITH ORDINALITY AS k (quota_id, subject, slot, first_slot, place)
      CROSS JOIN LATERAL (
        SELECT used, held, version, told, exceeded_told, told_at FROM quota_balances
        WHERE quota_id = k.quota_id AND subject = k.subject
          AND slot = timestamptz 'epoch' + k.slot * interval '1 microsecond'
        LIMIT 1) AS b
      """;

  /** The order is that of the primary key. */
  private static final String SUBJECTS =
      """
      SELECT subject FROM quota_balances
      WHERE quota_id = ? AND subject > ? AND slot = timestamptz 'epoch' + ? * interval '1 microsecond'
      ORDER BY subject LIMIT ?
      """;

  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final int NANOS_PER_MICRO = 1_000;

  private BalanceSql() {}

  static void bindKeys(Parameters to, Collection<BalanceKey> keys) throws SQLException {
    to.add(keys.stream().map(key -> key.quotaId().toString()).toArray(String[]::new))
        .add(keys.stream().map(BalanceKey::subject).toArray(String[]::new))
        .add(keys.stream().mapToLong(key -> micros(key.window())).toArray());
  }

  public static void bindLock(Parameters to, SortedMap<BalanceKey, Quota> keys)
      throws SQLException {
    bindKeys(to, keys.keySet());
  }

  public static void bindRead(Parameters to, SortedMap<BalanceKey, Quota> keys, Instant now)
      throws SQLException {
    bindKeys(to, keys.keySet());
    to.add(
        keys.values().stream()
            .map(quota -> quota.window().isRolling() ? micros(quota.window().firstSlot(now)) : null)
            .toArray(Long[]::new));
  }

  /** Whether any of them is of a rolling window, whose sum {@link #LOCK} does not give. */
  public static boolean anyRolling(SortedMap<BalanceKey, Quota> keys) {
    return keys.values().stream().anyMatch(quota -> quota.window().isRolling());
  }

  /** Reads an answer of {@link #LOCK} or {@link #READ}. */
  public static void answer(ResultSet rows, List<BalanceKey> keys, Map<BalanceKey, Balance> found)
      throws SQLException {
    while (rows.next()) {
      BalanceKey key = keys.get(rows.getInt("place") - 1);
      found.put(key, read(rows, key));
    }
  }

  /** Reads the amounts of the present row. */
  static Balance read(ResultSet row, BalanceKey key) throws SQLException {
    OffsetDateTime toldAt = row.getObject("told_at", OffsetDateTime.class);
    return new Balance(
        key,
        row.getLong("used"),
        row.getLong("held"),
        row.getLong("version"),
        new Told(
            row.getInt("told"),
            row.getBoolean("exceeded_told"),
            toldAt == null ? null : toldAt.toInstant()));
  }

  /** What there is of these balances; nothing is locked. */
  public static Map<BalanceKey, Balance> read(
      Connection connection, SortedMap<BalanceKey, Quota> keys, Instant now) throws SQLException {
    Map<BalanceKey, Balance> found = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(READ)) {
      bindRead(new Parameters(statement), keys, now);
      try (ResultSet rows = statement.executeQuery()) {
        answer(rows, List.copyOf(keys.keySet()), found);
      }
    }
    return found;
  }

  /** Names of balances beside one that stands for all, those after the given one. */
  public static List<String> subjects(
      Connection connection, BalanceKey head, String after, int most) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(SUBJECTS)) {
      new Parameters(statement).add(head.quotaId()).add(after).add(micros(head.window())).add(most);
      List<String> found = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getString(1));
        }
      }
      return found;
    }
  }

  /** Microseconds since the epoch, also of times so late that their nanoseconds do not fit. */
  static long micros(Instant time) {
    return time.getEpochSecond() * MICROS_PER_SECOND + time.getNano() / NANOS_PER_MICRO;
  }

  /** The time of {@link #micros}. */
  static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, MICROS_PER_SECOND),
        Math.floorMod(micros, MICROS_PER_SECOND) * NANOS_PER_MICRO);
  }
}
