package io.platformapi.service.quota.simulator;

import static io.platformapi.service.quota.simulator.Violation.unless;

import io.platformapi.service.quota.engine.BalanceKey;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What grants have given, from one commit to the next: each unit once, to nobody but who was over a
 * limit, from those that were valid, in their order.
 */
final class Grants {
  private final SimulatedDatabase database;

  /** Drawn by grant and window, also by windows that are forgotten. */
  private final Map<BalanceKey, Long> drawn = new HashMap<>();

  /** Used and held of the windows of quotas that have grants. */
  private final Map<BalanceKey, Long> taken = new HashMap<>();

  /** What the last commit gave back to grants of which nothing can be drawn again, by window. */
  private final Map<BalanceKey, Long> lapsed = new HashMap<>();

  Grants(SimulatedDatabase database) {
    this.database = database;
  }

  List<Bonus> on(BalanceKey balance) {
    return database.bonuses().stream()
        .filter(bonus -> bonus.isOn(balance))
        .sorted(Bonus.FIRST)
        .toList();
  }

  /** What a quota's limit has on top of it in a window. */
  long added(BalanceKey balance, Instant at) {
    long sum = 0;
    for (Bonus bonus : on(balance)) {
      sum += here(bonus, balance);
      sum += bonus.valid(at) ? bonus.amount() - total(bonus, balance) : 0;
    }
    return sum;
  }

  /**
   * What a window had on top of its limit when the last commit's requests were decided, and has no
   * more: once they were counted it was drawn for nothing.
   */
  long lapsed(BalanceKey balance) {
    return lapsed.getOrDefault(balance, 0L);
  }

  /** What a window has drawn from all. */
  long drawn(BalanceKey balance) {
    return on(balance).stream().mapToLong(bonus -> here(bonus, balance)).sum();
  }

  private long here(Bonus bonus, BalanceKey balance) {
    return used(bonus.in(balance));
  }

  private long total(Bonus bonus, BalanceKey balance) {
    return used(bonus.total(balance));
  }

  private long used(BalanceKey key) {
    Row row = database.balances.get(key);
    return row == null ? 0 : row.used();
  }

  void committed(SimulatedTransaction transaction) {
    lapsed.clear();
    for (Map.Entry<BalanceKey, Row> changed : transaction.balances.changed.entrySet()) {
      BalanceKey key = changed.getKey();
      Rule rule = database.rule(key.quotaId());
      if (rule != null && !rule.rolling() && changed.getValue() != null && !on(key).isEmpty()) {
        Row row = changed.getValue();
        long now = row.used() + row.held();
        Long before = taken.put(key, now);
        if (transaction.added.contains(key)) {
          window(rule, key, before == null ? 0 : before, now, transaction.writtenAt);
        }
      }
    }
    database.bonuses().forEach(this::eachOnce);
  }

  /** A window whose balance has changed. */
  private void window(Rule rule, BalanceKey key, long before, long after, Instant written) {
    Instant end = rule.end(key.window());
    boolean past = !written.isBefore(end);
    Instant at = past ? end.minusNanos(1) : written.isBefore(key.window()) ? key.window() : written;
    List<Bonus> bonuses = on(key);
    long over = Math.max(0, after - rule.limit());
    long sum = 0;
    long moved = 0;
    long[] moves = new long[bonuses.size()];
    for (int i = 0; i < moves.length; i++) {
      long here = here(bonuses.get(i), key);
      moves[i] = here - drawn.getOrDefault(bonuses.get(i).in(key), 0L);
      sum += here;
      moved += moves[i];
    }
    for (int i = 0; i < moves.length; i++) {
      Bonus bonus = bonuses.get(i);
      drawn.put(bonus.in(key), here(bonus, key));
      if (moves[i] > 0) {
        unless(bonus.valid(at), Invariant.GRANTS, bonus, "gave at", at, "to", key);
        for (Bonus earlier : bonuses.subList(0, i)) {
          unless(
              !earlier.valid(at) || total(earlier, key) == earlier.amount(),
              Invariant.GRANTS,
              bonus,
              "gave before",
              earlier);
        }
      }
      if (moves[i] < 0) {
        lapsed.merge(key, bonus.valid(at) ? 0 : -moves[i], Long::sum);
        for (Bonus later : bonuses.subList(i + 1, moves.length)) {
          unless(here(later, key) == 0, Invariant.GRANTS, bonus, "got back before", later);
        }
      }
    }
    if (past) {
      long difference = after - before;
      unless(
          moved >= Math.min(0, difference) && moved <= Math.max(0, difference),
          Invariant.GRANTS,
          key,
          "is over, changed by",
          difference,
          "and drew",
          moved);
      return;
    }
    unless(sum <= over, Invariant.GRANTS, key, "is over its limit by", over, "and has", sum);
    unless(
        sum == over || bonuses.stream().noneMatch(b -> b.valid(at) && left(b, key) > 0),
        Invariant.GRANTS,
        key,
        "is over its limit by",
        over,
        "and has drawn but",
        sum);
  }

  private long left(Bonus bonus, BalanceKey key) {
    return bonus.amount() - total(bonus, key);
  }

  /** No unit is given twice, and none is lost. */
  private void eachOnce(Bonus bonus) {
    Map<String, Long> sums = new HashMap<>();
    drawn.forEach(
        (key, units) -> {
          if (key.quotaId().equals(bonus.id())) {
            sums.merge(key.subject(), units, Long::sum);
          }
        });
    for (Map.Entry<BalanceKey, Row> row : database.balances.entrySet()) {
      BalanceKey key = row.getKey();
      if (key.quotaId().equals(bonus.id()) && key.window().equals(Instant.EPOCH)) {
        long total = row.getValue().used();
        long sum = sums.getOrDefault(key.subject(), 0L);
        unless(
            total == sum && total >= 0 && total <= bonus.amount(),
            Invariant.GRANTS,
            bonus,
            "says",
            total,
            "and has given",
            sum);
        sums.remove(key.subject());
      }
    }
    unless(
        sums.values().stream().allMatch(sum -> sum == 0),
        Invariant.GRANTS,
        bonus,
        "has given and does not know:",
        sums);
  }
}
