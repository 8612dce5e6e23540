package io.platformapi.service.quota.simulator;

import static io.platformapi.service.quota.simulator.Violation.unless;

import io.platformapi.service.quota.engine.Alert;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.QuotaMode;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Each threshold, and each limit, is told of once in a window, and not forgotten. */
final class AlertsTold {
  private static final int PERCENT = 100;

  private final SimulatedDatabase database;
  private final Grants grants;
  private final Map<What, Instant> told = new HashMap<>();
  private final Map<UUID, Long> limits = new HashMap<>();
  private final Set<UUID> bonuses = new HashSet<>();

  AlertsTold(SimulatedDatabase database, Grants grants) {
    this.database = database;
    this.grants = grants;
  }

  private record What(BalanceKey key, int threshold) {}

  void committed(SimulatedTransaction transaction) {
    forget();
    for (Alert alert : transaction.alerts) {
      BalanceKey key = alert.balance().key();
      Rule rule = database.rule(key.quotaId());
      Instant before = told.put(new What(key, alert.threshold()), transaction.writtenAt);
      unless(
          before == null
              || rule.rolling()
                  && !before.isAfter(latest(transaction).minusSeconds(rule.seconds())),
          Invariant.ALERTS,
          "told again:",
          alert);
    }
    if (transaction.writtenAt != null) {
      transaction.balances.changed.forEach((key, row) -> mustBeTold(key, row, transaction));
    }
  }

  /**
   * What is told anew: of a limit that has changed all, of one with a new grant that it is reached.
   */
  private void forget() {
    for (Rule rule : database.rules()) {
      Long before = limits.put(rule.id(), rule.limit());
      if (before != null && before != rule.limit()) {
        told.keySet().removeIf(what -> what.key.quotaId().equals(rule.id()));
      }
    }
    for (Bonus bonus : database.bonuses()) {
      if (bonuses.add(bonus.id())) {
        told.keySet().removeIf(w -> w.threshold == 0 && w.key.quotaId().equals(bonus.ruleId()));
      }
    }
  }

  /** By the fastest clock, when the slowest told the time. */
  private static Instant latest(SimulatedTransaction transaction) {
    return transaction.writtenAt.plus(World.MOST_SKEW.multipliedBy(2));
  }

  private void mustBeTold(BalanceKey key, Row row, SimulatedTransaction transaction) {
    Rule rule = database.rule(key.quotaId());
    if (row == null || rule == null || rule.rolling() || rule.mode() == QuotaMode.OFF) {
      return;
    }
    int threshold = Rule.THRESHOLD;
    if (row.used() > 0 && row.used() * PERCENT >= rule.limit() * threshold) {
      unless(told.containsKey(new What(key, threshold)), Invariant.ALERTS, "not told of", key, row);
    }
    // Who has more grants by another clock may be told later.
    if (row.used() > 0
        && row.used() >= rule.limit() + grants.added(key, transaction.writtenAt)
        && !transaction.writtenAt.isBefore(key.window())) {
      unless(told.containsKey(new What(key, 0)), Invariant.ALERTS, "limit not told of", key, row);
    }
  }
}
