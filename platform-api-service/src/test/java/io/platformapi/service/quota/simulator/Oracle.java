package io.platformapi.service.quota.simulator;

import static io.platformapi.service.quota.simulator.Violation.unless;

import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.QuotaAmounts;
import io.platformapi.service.quota.engine.QuotaBook;
import io.platformapi.service.quota.reservation.Hold;
import io.platformapi.service.quota.reservation.Reservation;
import io.platformapi.service.quota.reservation.Subject;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Knows what balances must be, from usage and reservations alone and by arithmetic of its own, and
 * looks at every commit.
 */
final class Oracle {
  private static final long[] NOTHING = new long[2];

  private final World world;
  private final SimulatedDatabase database;
  private final LifeCycles lives;
  private final Books books;
  private final Grants grants;
  private final AlertsTold alerts;
  private final Map<String, Answer> first = new HashMap<>();

  Oracle(World world) {
    this.world = world;
    this.database = world.database;
    this.lives = new LifeCycles(world);
    this.books = new Books(database);
    this.grants = new Grants(database);
    this.alerts = new AlertsTold(database, grants);
  }

  /** What was answered to a key; null when nothing has been yet. */
  Answer answer(String key) {
    return first.get(key);
  }

  /** Whether there has been such a reservation. */
  boolean made(UUID id) {
    return lives.made(id);
  }

  /** Whether a reservation was so once. */
  boolean was(Reservation reservation) {
    return lives.was(reservation);
  }

  /** A transaction has been committed that changed something. */
  void committed(SimulatedTransaction transaction) {
    lives.committed(transaction);
    for (Answer answer : transaction.answers.values()) {
      Answer before = first.put(answer.request().key(), answer);
      unless(before == null, Invariant.IDEMPOTENCY, "answered twice:", answer.request().key());
    }
    Map<BalanceKey, long[]> expected = expected();
    compare(expected);
    grants.committed(transaction);
    alerts.committed(transaction);
    transaction.reservations.made.forEach(this::holdsWhatItMust);
    fits(transaction.reservations.made, expected);
    if (!transaction.usage.isEmpty()) {
      books.check();
    }
  }

  /** Used and held of every row, the parts of rolling windows apart. */
  private Map<BalanceKey, long[]> expected() {
    Map<BalanceKey, long[]> rows = new HashMap<>();
    for (Posted posted : database.usage.values()) {
      if (!posted.reversed()) {
        used(posted, rows);
      }
    }
    for (Reservation reservation : database.reservations.values()) {
      if (reservation.open()) {
        for (Hold hold : reservation.holds()) {
          rows.computeIfAbsent(hold.key(), key -> new long[2])[1] += hold.amount();
        }
      }
    }
    return rows;
  }

  private void used(Posted posted, Map<BalanceKey, long[]> rows) {
    var call = posted.call().call();
    for (Rule rule : database.rules()) {
      String subject = rule.subject(call.teamId(), call.userId(), call.modelGroup());
      if (subject != null) {
        long amount =
            switch (rule.dimension()) {
              case INPUT_TOKENS -> call.inputTokens();
              case TOTAL_TOKENS -> call.inputTokens() + call.outputTokens();
              case COST -> call.costNanos();
              case REQUESTS -> posted.call().requests();
              case SEATS -> posted.call().seats();
              default -> throw new IllegalStateException();
            };
        BalanceKey key =
            rule.rolling()
                ? new BalanceKey(rule.id(), subject, rule.slot(call.startedAt()))
                : rule.key(subject, call.startedAt());
        rows.computeIfAbsent(key, k -> new long[2])[0] += amount;
      }
    }
  }

  private void compare(Map<BalanceKey, long[]> expected) {
    Set<BalanceKey> keys = new HashSet<>(expected.keySet());
    keys.addAll(database.balances.keySet());
    for (BalanceKey key : keys) {
      Rule rule = rule(key.quotaId());
      if (rule == null && database.bonuses().stream().anyMatch(b -> b.id().equals(key.quotaId()))) {
        continue;
      }
      if (rule == null) {
        unless(
            !database.balances.containsKey(key), Invariant.HELD, "of a quota that is gone:", key);
        continue;
      }
      Row row = database.balances.get(key);
      long[] right = expected.getOrDefault(key, NOTHING);
      if (rule.rolling() && !key.window().equals(Instant.EPOCH)) {
        if (!key.window().isBefore(rule.firstSlot(world.now().minus(World.MOST_SKEW)))
            && database.balances.containsKey(new BalanceKey(rule.id(), "", Instant.EPOCH))) {
          used(key, row, right[0]);
        }
        continue;
      }
      long held = row == null ? 0 : row.held();
      unless(held == right[1], Invariant.HELD, key, "holds", held, "not", right[1]);
      if (!rule.rolling()
          && database.balances.containsKey(key.head())
          && rule.end(key.window())
              .isAfter(world.now().plus(World.MOST_SKEW).minus(QuotaBook.LATE))) {
        used(key, row, right[0]);
      }
    }
  }

  private static void used(BalanceKey key, Row row, long right) {
    long used = row == null ? 0 : row.used();
    unless(used == right, Invariant.USED, key, "has used", used, "not", right);
  }

  private Rule rule(UUID id) {
    return database.rule(id);
  }

  private static String subject(Rule rule, Subject subject) {
    return rule.subject(subject.team(), subject.user(), subject.model());
  }

  private static boolean concerns(Rule rule, QuotaAmounts amounts) {
    boolean levels = amounts.seats() != 0;
    return rule.level() ? levels : !levels;
  }

  private void holdsWhatItMust(Reservation made) {
    Map<BalanceKey, Long> right = new HashMap<>();
    for (Rule rule : database.rules()) {
      String subject = subject(rule, made.subject());
      long amount = rule.amount(made.estimates());
      if (subject != null && amount != 0) {
        right.put(rule.key(subject, made.createdAt()), amount);
      }
    }
    Map<BalanceKey, Long> holds = new HashMap<>();
    made.holds().forEach(hold -> holds.merge(hold.key(), hold.amount(), Long::sum));
    unless(holds.equals(right), Invariant.ALL_OR_NONE, made, "holds not", right);
  }

  /** Whether each of a group was below every limit when it was granted. */
  private void fits(List<Reservation> made, Map<BalanceKey, long[]> expected) {
    if (made.isEmpty()) {
      return;
    }
    Map<BalanceKey, Long> later = new HashMap<>();
    made.forEach(one -> one.holds().forEach(h -> later.merge(h.key(), h.amount(), Long::sum)));
    for (Reservation one : made) {
      for (Rule rule : database.rules()) {
        String subject = subject(rule, one.subject());
        if (subject == null || !concerns(rule, one.estimates())) {
          continue;
        }
        BalanceKey key = rule.key(subject, one.createdAt());
        long amount = rule.amount(one.estimates());
        long before = taken(rule, key, one.createdAt(), expected) - later.getOrDefault(key, 0L);
        unless(
            !refuses(rule, before, amount, added(key, one, amount)),
            Invariant.NO_OVERSHOOT,
            one,
            "was granted by",
            rule,
            "beside",
            before);
        later.merge(key, -amount, Long::sum);
      }
    }
  }

  /** Who asks for nothing needs the limit of the moment only, others must have got what counts. */
  private long added(BalanceKey key, Reservation one, long amount) {
    long now = grants.added(key, one.createdAt());
    return amount == 0 ? now + grants.lapsed(key) : now;
  }

  private static boolean refuses(Rule rule, long taken, long amount, long added) {
    long limit = rule.limit() + added;
    return rule.enforced() && (amount == 0 ? taken >= limit : taken + amount > limit);
  }

  /** Whether nothing can be drawn any more from a grant on a quota. */
  boolean anyOver(BalanceKey balance, Instant at) {
    return grants.on(balance).stream().anyMatch(bonus -> !bonus.valid(at));
  }

  /** What grants add to a quota's limit. */
  long added(BalanceKey balance, Instant at) {
    return grants.added(balance, at);
  }

  private static long taken(
      Rule rule, BalanceKey key, Instant at, Map<BalanceKey, long[]> expected) {
    long[] row = expected.getOrDefault(key, NOTHING);
    if (!rule.rolling()) {
      return row[0] + row[1];
    }
    long used = 0;
    for (Map.Entry<BalanceKey, long[]> other : expected.entrySet()) {
      BalanceKey slot = other.getKey();
      if (slot.quotaId().equals(rule.id())
          && slot.subject().equals(key.subject())
          && !slot.window().equals(Instant.EPOCH)
          && !slot.window().isBefore(rule.firstSlot(at))) {
        used += other.getValue()[0];
      }
    }
    return used + row[1];
  }

  /** Nothing holds over its time for long. */
  void noneOverdue() {
    lives.noneOverdue();
  }

  /** Whether a request would fit now, beside all that is not over its time. */
  boolean wouldFit(Subject subject, QuotaAmounts amounts, Instant now) {
    Map<BalanceKey, long[]> expected = expected();
    for (Reservation reservation : database.reservations.values()) {
      if (reservation.overdue(now)) {
        // What they have drawn goes back; to which grants, and what those are worth now, is not
        // said.
        if (reservation.holds().stream().anyMatch(hold -> !grants.on(hold.key()).isEmpty())) {
          return false;
        }
        reservation.holds().forEach(hold -> expected.get(hold.key())[1] -= hold.amount());
      }
    }
    for (Rule rule : database.rules()) {
      String counted = subject(rule, subject);
      if (counted != null
          && concerns(rule, amounts)
          && refuses(
              rule,
              taken(rule, rule.key(counted, now), now, expected),
              rule.amount(amounts),
              grants.added(rule.key(counted, now), now))) {
        return false;
      }
    }
    return true;
  }
}
