package io.platformapi.service.quota.simulator;

import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.FailMode;
import io.platformapi.service.quota.engine.QuotaBook;
import io.platformapi.service.quota.reservation.Reservation;
import io.platformapi.service.usage.TalliedLedger;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A tenant's database as PostgreSQL would be: what is committed, and who has locked what. A
 * transaction sees what was committed when its statement began, and its own changes.
 */
final class SimulatedDatabase {
  static final String TENANT = "acme";

  final Map<UUID, Reservation> reservations = new LinkedHashMap<>();
  final TreeMap<BalanceKey, Row> balances = new TreeMap<>();
  final Map<UUID, Posted> usage = new LinkedHashMap<>();
  final Map<String, Answer> answers = new HashMap<>();
  final TalliedLedger ledger = new TalliedLedger(TENANT);
  final Set<SimulatedTransaction> active = new LinkedHashSet<>();

  /** By which of the transactions that changed balances each was changed last. */
  final Map<BalanceKey, Long> changed = new HashMap<>();

  /** How many transactions have changed balances. */
  long changes;

  /** How many transactions have changed something. */
  long commits;

  private final World world;
  private final Map<Object, SimulatedTransaction> locks = new HashMap<>();
  private final Set<SimulatedTransaction> sharing = new LinkedHashSet<>();
  private SimulatedTransaction alone;
  private List<Rule> rules = List.of();
  private List<Bonus> bonuses = List.of();
  private QuotaBook book = new QuotaBook(0, FailMode.CLOSED, List.of());

  SimulatedDatabase(World world) {
    this.world = world;
  }

  List<Rule> rules() {
    return rules;
  }

  QuotaBook book() {
    return book;
  }

  /** Null when it is gone. */
  Rule rule(UUID id) {
    return rules.stream().filter(rule -> rule.id().equals(id)).findFirst().orElse(null);
  }

  /** Grants, also those that are over. */
  List<Bonus> bonuses() {
    return bonuses;
  }

  void setRules(List<Rule> nextRules, List<Bonus> nextBonuses) {
    rules = List.copyOf(nextRules);
    bonuses = List.copyOf(nextBonuses);
    book =
        new QuotaBook(
            book.version() + 1,
            FailMode.CLOSED,
            rules.stream().map(Rule::quota).toList(),
            bonuses.stream().map(Bonus::grant).toList());
  }

  SimulatedTransaction begin(Task task) {
    SimulatedTransaction transaction = new SimulatedTransaction(world, this, task);
    active.add(transaction);
    task.transaction = transaction;
    return transaction;
  }

  /** Takes the posting lock beside others. */
  void share(SimulatedTransaction by) {
    if (alone != null && alone != by) {
      await(by, alone);
    }
    sharing.add(by);
  }

  /** Takes it alone. */
  void takeAlone(SimulatedTransaction by) {
    if (alone != null && alone != by) {
      await(by, alone);
    }
    for (SimulatedTransaction other : sharing) {
      if (other != by) {
        await(by, other);
      }
    }
    alone = by;
  }

  void lock(SimulatedTransaction by, Object what) {
    SimulatedTransaction owner = locks.putIfAbsent(what, by);
    if (owner != null && owner != by) {
      await(by, owner);
    }
  }

  boolean lockedByOther(SimulatedTransaction by, Object what) {
    SimulatedTransaction owner = locks.get(what);
    return owner != null && owner != by;
  }

  /** Whether a row is to come or to go when another transaction is committed. */
  boolean madeByOther(SimulatedTransaction by, BalanceKey key) {
    Row row = locks.get(key).balances.changed.get(key);
    return locks.get(key).balances.changed.containsKey(key)
        && (row == null) == balances.containsKey(key);
  }

  /** Holds the transaction's task up until another ends. */
  void await(SimulatedTransaction by, SimulatedTransaction owner) {
    for (SimulatedTransaction next = owner; next != null; next = next.task.waitsFor) {
      if (next == by) {
        throw new Violation(Invariant.PROGRESS, "deadlock of " + by.task + " and " + owner.task);
      }
      if (!next.active()) {
        break;
      }
    }
    by.task.waitsFor = owner;
    if (world.traces()) {
      world.trace(by.task + " waits for " + owner.task);
    }
    throw Suspended.NOW;
  }

  void end(SimulatedTransaction transaction, boolean commit) {
    if (commit) {
      transaction.merge();
    }
    active.remove(transaction);
    sharing.remove(transaction);
    if (alone == transaction) {
      alone = null;
    }
    transaction.locked().forEach(what -> locks.remove(what, transaction));
    transaction.task.transaction = null;
  }
}
