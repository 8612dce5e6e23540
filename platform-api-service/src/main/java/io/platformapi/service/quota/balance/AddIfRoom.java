package io.platformapi.service.quota.balance;

import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceChange;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Headroom;
import io.platformapi.service.quota.engine.QuotaBook;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Adds to balances if all of them stand as it is hoped, in the order of their keys; else it fails
 * with {@link BalanceSql#NOT_SO}. For a transaction whose commit goes to the server with it. Not
 * for rolling windows, nor for quotas with grants.
 */
public final class AddIfRoom {
  /** Fails unless the balances that stand for all subjects are there; locks nothing. */
  private static final String HEADS_ARE_THERE =
      "SELECT 1 / (? = (" + BalanceChanges.COUNT_HEADS + "))::int";

  /**
   * Locks the rows, looks at each as it is then, and adds to it. It fails when one is not there,
   * more of it is taken than may be, or something is due to be told of it. What is found is not
   * joined with the table: a plan from the time when there were few rows would read all.
   */
  private static final String ADD =
      """
      WITH found AS MATERIALIZED (
        SELECT k.*, b.used, b.held, b.version, b.told, b.exceeded_told, b.told_at
        FROM unnest(?::uuid[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[],
            ?::text[], ?::text[], ?::bigint[])
          WITH ORDINALITY
          AS k (quota_id, subject, slot, more_used, more_held, most, thresholds, levels, "full",
            place)
        LEFT JOIN LATERAL (
          SELECT used, held, version, told, exceeded_told, told_at FROM quota_balances
          WHERE quota_id = k.quota_id AND subject = k.subject
            AND slot = timestamptz 'epoch' + k.slot * interval '1 microsecond'
          FOR UPDATE) AS b ON true),
      added AS (
        INSERT INTO quota_balances AS b (quota_id, subject, slot, used, held, version)
        SELECT f.quota_id, f.subject, timestamptz 'epoch' + f.slot * interval '1 microsecond',
          f.more_used, f.more_held, 0
        FROM found f WHERE f.more_used <> 0 OR f.more_held <> 0
        ON CONFLICT (quota_id, subject, slot) DO UPDATE SET
          used = b.used + EXCLUDED.used, held = b.held + EXCLUDED.held, version = b.version + 1,
          changed = EXCLUDED.changed)
      SELECT place, used, held, version, told, exceeded_told, told_at, 1 / (version IS NOT NULL
        AND used + held <= most
        AND told >= coalesce((thresholds::int[])[width_bucket(used, levels::bigint[])], 0)
        AND (exceeded_told OR used < "full"))::int AS there_is_room
      FROM found
      """;

  private final SortedMap<BalanceKey, Headroom> balances;
  private final BalanceChanges changes;
  private final List<BalanceKey> heads;

  /**
   * @param balances all that must stand as it is hoped
   * @param changes of some of them
   * @param book the present quotas
   */
  public AddIfRoom(
      SortedMap<BalanceKey, Headroom> balances,
      Collection<BalanceChange> changes,
      QuotaBook book,
      Instant now) {
    this.balances = balances;
    this.changes = BalanceChanges.of(changes, book, now);
    this.heads = this.changes.heads().stream().filter(head -> !balances.containsKey(head)).toList();
  }

  /** Statements in their order, the last of which gives the rows; none when there is no balance. */
  public List<String> sql() {
    if (balances.isEmpty()) {
      return List.of();
    }
    return heads.isEmpty() ? List.of(ADD) : List.of(HEADS_ARE_THERE, ADD);
  }

  public void bind(Parameters to) throws SQLException {
    if (balances.isEmpty()) {
      return;
    }
    if (!heads.isEmpty()) {
      to.add(heads.size());
      BalanceSql.bindKeys(to, heads);
    }
    BalanceSql.bindKeys(to, balances.keySet());
    Collection<Headroom> rooms = balances.values();
    to.add(balances.keySet().stream().mapToLong(changes::used).toArray())
        .add(balances.keySet().stream().mapToLong(changes::held).toArray())
        .add(rooms.stream().mapToLong(Headroom::most).toArray())
        .add(literals(rooms, Headroom::thresholds))
        .add(literals(rooms, Headroom::levels))
        .add(rooms.stream().mapToLong(Headroom::full).toArray());
  }

  private static String[] literals(
      Collection<Headroom> rooms, Function<Headroom, List<? extends Number>> part) {
    return rooms.stream()
        .map(
            room ->
                part.apply(room).stream()
                    .map(Number::toString)
                    .collect(Collectors.joining(",", "{", "}")))
        .toArray(String[]::new);
  }

  /**
   * Reads the answers of the statements from those of a transaction.
   *
   * @param before how many statements stand before them, of whose answers none has been left
   * @return all balances as they were found
   */
  public Map<BalanceKey, Balance> answer(PreparedStatement statement, int before)
      throws SQLException {
    Map<BalanceKey, Balance> found = new HashMap<>();
    if (balances.isEmpty()) {
      return found;
    }
    for (int i = 1; i < before + sql().size(); i++) {
      statement.getMoreResults();
    }
    BalanceSql.answer(statement.getResultSet(), List.copyOf(balances.keySet()), found);
    return found;
  }

  /** Those that it has changed, as they are now. */
  public List<Balance> changed(Map<BalanceKey, Balance> found) {
    List<Balance> changed = new ArrayList<>();
    for (BalanceKey key : balances.keySet()) {
      long used = changes.used(key);
      long held = changes.held(key);
      if (used != 0 || held != 0) {
        changed.add(found.get(key).plus(used, held));
      }
    }
    return changed;
  }
}
