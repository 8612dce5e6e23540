package io.platformapi.service.quota.simulator;

import io.platformapi.service.quota.balance.BalanceNews;
import io.platformapi.service.quota.balance.MissingBalancesException;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Headroom;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.reservation.NotAtOnceException;
import io.platformapi.service.quota.reservation.Opening;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** The balances that a transaction locks, reads and changes. */
final class BalanceRows {
  private final SimulatedDatabase database;
  private final SimulatedTransaction transaction;

  /** As they will be when it is committed; null for those that will be gone. */
  final Map<BalanceKey, Row> changed = new TreeMap<>();

  BalanceRows(SimulatedDatabase database, SimulatedTransaction transaction) {
    this.database = database;
    this.transaction = transaction;
  }

  Row row(BalanceKey key) {
    return changed.containsKey(key) ? changed.get(key) : database.balances.get(key);
  }

  Map<BalanceKey, Balance> lock(Opening opening) {
    if (opening.balances().isEmpty()) {
      return Map.of();
    }
    List<BalanceKey> there =
        transaction.statement(
            "locks balances",
            () -> opening.balances().keySet().stream().filter(key -> row(key) != null).toList());
    there.forEach(transaction::lock);
    return transaction.statement(
        "reads balances",
        () -> {
          SortedMap<BalanceKey, Quota> keys = new TreeMap<>(opening.balances());
          keys.keySet().retainAll(there);
          return read(keys, opening.now());
        });
  }

  /** Locks all that a group needs, if each stands as it must. */
  Map<BalanceKey, Balance> lockIfRoom(SortedMap<BalanceKey, Headroom> balances) {
    Map<BalanceKey, Balance> found = new HashMap<>();
    balances.forEach(
        (key, room) -> {
          if (transaction.statement("locks a balance", () -> row(key)) == null) {
            throw new NotAtOnceException("no balance", null);
          }
          transaction.lock(key);
          Row row = transaction.task.call(() -> row(key));
          if (row == null || !stands(row, room)) {
            throw new NotAtOnceException("no room", null);
          }
          found.put(key, new Balance(key, row.used(), row.held(), row.version(), row.told()));
        });
    return found;
  }

  private static boolean stands(Row row, Headroom room) {
    int due = 0;
    for (int i = 0; i < room.levels().size(); i++) {
      if (row.used() >= room.levels().get(i)) {
        due = room.thresholds().get(i);
      }
    }
    return row.used() + row.held() <= room.most()
        && row.told().threshold() >= due
        && (row.told().exceeded() || row.used() < room.full());
  }

  /** Those that are there, a rolling one with its sum. */
  Map<BalanceKey, Balance> read(SortedMap<BalanceKey, Quota> keys, Instant now) {
    Map<BalanceKey, Balance> found = new HashMap<>();
    keys.forEach(
        (key, quota) -> {
          Row row = row(key);
          if (row != null) {
            long used =
                quota.window().isRolling() ? slots(key, quota.window().firstSlot(now)) : row.used();
            found.put(key, new Balance(key, used, row.held(), row.version(), row.told()));
          }
        });
    return found;
  }

  private long slots(BalanceKey head, Instant from) {
    long sum = 0;
    Set<BalanceKey> keys = new LinkedHashSet<>(database.balances.keySet());
    keys.addAll(changed.keySet());
    for (BalanceKey key : keys) {
      if (key.quotaId().equals(head.quotaId())
          && key.subject().equals(head.subject())
          && !key.window().isBefore(from)) {
        Row row = row(key);
        sum += row == null ? 0 : row.used();
      }
    }
    return sum;
  }

  /** What was committed since. */
  BalanceNews news(BalanceNews.Seen before, int most) {
    BalanceNews.Seen now = new BalanceNews.Seen("server", Long.toString(database.changes));
    if (before.snapshot().isEmpty()) {
      return new BalanceNews(now, false, List.of());
    }
    List<Balance> news = new ArrayList<>();
    long since = Long.parseLong(before.snapshot());
    database.balances.forEach(
        (key, row) -> {
          Rule rule = database.rule(key.quotaId());
          if (database.changed.get(key) > since && (rule == null || !rule.rolling())) {
            news.add(new Balance(key, row.used(), row.held(), row.version(), row.told()));
          }
        });
    return news.size() > most
        ? new BalanceNews(now, false, List.of())
        : new BalanceNews(now, true, news);
  }

  void make(SortedMap<BalanceKey, Quota> wanted, Instant now) {
    SortedMap<BalanceKey, Quota> heads = new TreeMap<>();
    wanted.forEach(
        (key, quota) -> {
          if (quota.owns(key)) {
            heads.put(key.head(), quota);
          }
        });
    for (BalanceKey head : create(List.copyOf(heads.keySet()))) {
      Rule rule = transaction.task.call(() -> rule(head));
      transaction
          .statement("adds usage up", () -> Derivation.used(database, rule, head, now))
          .forEach((key, used) -> upsert(key, row -> row.with(used, row.held())));
      transaction
          .statement("adds holds up", () -> Derivation.held(database, head))
          .forEach((key, held) -> upsert(key, row -> row.with(row.used(), held)));
    }
    List<BalanceKey> subjects =
        wanted.keySet().stream().filter(k -> !heads.containsKey(k)).toList();
    create(subjects);
  }

  private void upsert(BalanceKey key, UnaryOperator<Row> change) {
    transaction.lock(key);
    transaction.task.call(
        () -> {
          Row row = row(key);
          return changed.put(key, change.apply(row == null ? new Row(0, 0, 0) : row));
        });
  }

  private Rule rule(BalanceKey key) {
    return database.rules().stream()
        .filter(rule -> rule.id().equals(key.quotaId()))
        .findFirst()
        .orElseThrow();
  }

  /** Makes empty rows; returns those that were not there. */
  private List<BalanceKey> create(List<BalanceKey> keys) {
    List<BalanceKey> created = new ArrayList<>();
    if (!keys.isEmpty()) {
      transaction.statement("makes balances", () -> null);
    }
    for (BalanceKey key : keys) {
      boolean fresh = transaction.task.call(() -> create(key));
      if (fresh) {
        created.add(key);
      }
    }
    return created;
  }

  /** A row that is there already is waited for if need be, but not locked. */
  private boolean create(BalanceKey key) {
    if (database.lockedByOther(transaction, key) && database.madeByOther(transaction, key)) {
      database.lock(transaction, key);
    }
    if (row(key) != null) {
      return false;
    }
    database.lock(transaction, key);
    transaction.locked().add(key);
    changed.put(key, new Row(0, 0, 1));
    return true;
  }

  List<Balance> add(Changes changes, Instant now) {
    boolean complete = transaction.statement("looks for heads", () -> allThere(changes));
    // In the same round trip, but another statement: it may see what was made meanwhile.
    Set<BalanceKey> there =
        transaction.statement("adds to balances", () -> allThere(changes) ? there(changes) : null);
    if (there != null) {
      changes.rows().forEach((key, sums) -> add(key, sums, there));
    }
    if (!complete) {
      throw new MissingBalancesException(changes.heads());
    }
    return transaction.statement(
        "reads what it changed", () -> List.copyOf(read(changes.balances(), now).values()));
  }

  private boolean allThere(Changes changes) {
    return changes.heads().keySet().stream().allMatch(head -> row(head) != null);
  }

  private Set<BalanceKey> there(Changes changes) {
    Set<BalanceKey> found = new HashSet<>(changes.rows().keySet());
    found.removeIf(key -> row(key) == null);
    return found;
  }

  private void add(BalanceKey key, long[] sums, Set<BalanceKey> there) {
    if (sums[1] < 0 && !there.contains(key)) {
      return;
    }
    transaction.lock(key);
    transaction.task.call(
        () -> {
          Row row = row(key);
          return changed.put(
              key, row == null ? new Row(sums[0], sums[1], 0) : row.plus(sums[0], sums[1]));
        });
  }
}
