package io.platformapi.service.quota.simulator;

import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.QuotaAmounts;
import io.platformapi.service.quota.engine.QuotaBook;
import io.platformapi.service.quota.reservation.Hold;
import io.platformapi.service.quota.reservation.Reservation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the database's own queries say of balances: those that make them, those that remove them.
 */
final class Derivation {
  private static final Duration CLOCKS = Duration.ofHours(1);

  private Derivation() {}

  /** Usage of a window by row; a rolling one by its parts. */
  static SortedMap<BalanceKey, Long> used(
      SimulatedDatabase database, Rule rule, BalanceKey head, Instant now) {
    SortedMap<BalanceKey, Long> used = new TreeMap<>();
    for (Posted posted : database.usage.values()) {
      UsageRecord call = posted.call().call();
      String subject = rule.subject(call.teamId(), call.userId(), call.modelGroup());
      boolean inWindow =
          rule.rolling()
              ? !call.startedAt().isBefore(rule.firstSlot(now.minus(CLOCKS)))
              : rule.window(call.startedAt()).equals(head.window());
      long amount = rule.amount(QuotaAmounts.of(posted.call()));
      if (!posted.reversed() && subject != null && inWindow && amount != 0) {
        Instant slot = rule.rolling() ? rule.slot(call.startedAt()) : head.window();
        used.merge(new BalanceKey(rule.id(), subject, slot), amount, Long::sum);
        if (rule.rolling() && !subject.isEmpty()) {
          used.put(new BalanceKey(rule.id(), subject, Instant.EPOCH), 0L);
        }
      }
    }
    return used;
  }

  /** What open reservations hold of a window, by subject. */
  static SortedMap<BalanceKey, Long> held(SimulatedDatabase database, BalanceKey head) {
    SortedMap<BalanceKey, Long> held = new TreeMap<>();
    for (Reservation reservation : database.reservations.values()) {
      for (Hold hold : reservation.holds()) {
        BalanceKey key = hold.key();
        if (reservation.open()
            && key.quotaId().equals(head.quotaId())
            && key.window().equals(head.window())) {
          held.merge(key, hold.amount(), Long::sum);
        }
      }
    }
    return held;
  }

  /** Rows that nothing holds, of windows that ended long before a time. */
  static List<BalanceKey> past(SimulatedDatabase database, Instant before) {
    Instant past = before.minus(QuotaBook.LATE);
    List<BalanceKey> found = new ArrayList<>();
    for (Rule rule : database.rules()) {
      Instant first = rule.rolling() ? rule.firstSlot(past) : rule.window(past);
      database.balances.forEach(
          (key, row) -> {
            if (isOf(database, key, rule)
                && key.window().isAfter(Instant.EPOCH)
                && key.window().isBefore(first)
                && row.held() == 0
                && !held(database, rule, key)) {
              found.add(key);
            }
          });
    }
    return found;
  }

  /** Whether somebody still holds of the window that a row is about. */
  private static boolean held(SimulatedDatabase database, Rule rule, BalanceKey key) {
    Row row = database.balances.get(new BalanceKey(rule.id(), key.subject(), key.window()));
    return row != null && row.held() != 0;
  }

  private static boolean isOf(SimulatedDatabase database, BalanceKey key, Rule rule) {
    return key.quotaId().equals(rule.id())
        || database.bonuses().stream()
            .anyMatch(b -> b.id().equals(key.quotaId()) && b.ruleId().equals(rule.id()));
  }
}
