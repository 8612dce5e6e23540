package io.platformapi.service.quota.simulator;

import io.platformapi.service.http.IdempotencyClaim;
import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.persistence.DatabaseUnavailableException;
import io.platformapi.service.quota.balance.BalanceNews;
import io.platformapi.service.quota.balance.MissingBalancesException;
import io.platformapi.service.quota.engine.Alert;
import io.platformapi.service.quota.engine.Alerts;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceChange;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.GrantDraws;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaBook;
import io.platformapi.service.quota.engine.Told;
import io.platformapi.service.quota.reservation.ContendedException;
import io.platformapi.service.quota.reservation.Held;
import io.platformapi.service.quota.reservation.Holding;
import io.platformapi.service.quota.reservation.NotAtOnceException;
import io.platformapi.service.quota.reservation.Opened;
import io.platformapi.service.quota.reservation.Opening;
import io.platformapi.service.quota.reservation.Posting;
import io.platformapi.service.quota.reservation.QuotaTransaction;
import io.platformapi.service.quota.reservation.RequestIdsTakenException;
import io.platformapi.service.quota.reservation.Reservation;
import io.platformapi.service.quota.reservation.Settling;
import io.platformapi.service.quota.reservation.Writes;
import io.platformapi.service.usage.LedgerCall;
import io.platformapi.service.usage.SettlementKey;
import io.platformapi.service.usage.TalliedLedger;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * A transaction of READ COMMITTED, statement by statement as the real one: each sees what is
 * committed when it begins, locks rows in its order, and looks at a row again when it has waited
 * for it.
 */
final class SimulatedTransaction implements QuotaTransaction {
  private static final int MOST_NEWS = 8;
  private static final Duration KEYS_LIVE = Duration.ofHours(24);

  final Task task;
  final BalanceRows balances;
  final ReservationRows reservations;
  final Map<UUID, Posted> usage = new LinkedHashMap<>();
  final Map<IdempotentRequest, Answer> answers = new HashMap<>();

  /** Balances as they are told to the copy when this is committed. */
  final List<Balance> told = new ArrayList<>();

  private final World world;
  private final SimulatedDatabase database;
  private final Set<Object> locked = new HashSet<>();
  private final List<TalliedLedger.Batch> batches = new ArrayList<>();

  /** Balances that it has added to; others it may only have told of. */
  final Set<BalanceKey> added = new HashSet<>();

  /** What others are told when this is committed. */
  final List<Alert> alerts = new ArrayList<>();

  private List<Rule> rules;
  private List<Bonus> bonuses;

  /** The time that it changed balances by; null when it has not. */
  Instant writtenAt;

  SimulatedTransaction(World world, SimulatedDatabase database, Task task) {
    this.world = world;
    this.database = database;
    this.task = task;
    this.balances = new BalanceRows(database, this);
    this.reservations = new ReservationRows(database, this);
  }

  boolean active() {
    return database.active.contains(this);
  }

  Set<Object> locked() {
    return locked;
  }

  /** Something the database does in one go; it may fail, and may be held up before. */
  <T> T statement(String what, Supplier<T> live) {
    return task.call(
        what,
        () -> {
          if (world.fails()) {
            throw new DatabaseUnavailableException("the connection broke", null);
          }
          return live.get();
        });
  }

  void lock(Object what) {
    task.call(
        () -> {
          database.lock(this, what);
          locked.add(what);
          return null;
        });
  }

  long share() {
    statement(
        "begins",
        () -> {
          database.share(this);
          return null;
        });
    return task.call(() -> database.book().version());
  }

  @Override
  public Opened open(Opening opening) {
    long version = share();
    Map<IdempotentRequest, IdempotencyClaim> claims =
        opening.requests().isEmpty()
            ? Map.of()
            : statement("looks up keys", () -> claims(opening.requests()));
    List<Reservation> found = List.of();
    if (!opening.reservations().isEmpty()) {
      found = reservations.lock(one -> opening.reservations().contains(one.id()));
    }
    if (opening.overdue() > 0) {
      found =
          statement(
              "locks overdue", () -> reservations.lockOverdue(opening.now(), opening.overdue()));
    }
    return new Opened(version, claims, found, balances.lock(opening));
  }

  /** Step by step: what is between two steps can only be worse than what one statement allows. */
  @Override
  public Held hold(Holding holding) {
    if (share() != holding.book().version()) {
      throw new NotAtOnceException("other quotas", null);
    }
    Map<BalanceKey, Balance> before = balances.lockIfRoom(holding.balances());
    Changes changes = Changes.of(holding.changes(), holding.book(), holding.now());
    task.call(() -> added.addAll(changes.balances().keySet()));
    try {
      List<Balance> changed = add(changes, holding.now());
      task.call(() -> writtenAt = holding.now());
      reservations.insert(holding.made());
      task.call(() -> told.addAll(changed));
      return new Held(before, changed);
    } catch (MissingBalancesException | RequestIdsTakenException e) {
      throw new NotAtOnceException("not all as it was hoped to be", e);
    }
  }

  /** In the same way. */
  @Override
  public List<Balance> settle(Settling settling) {
    if (share() != settling.book().version()) {
      throw new NotAtOnceException("other quotas", null);
    }
    Set<UUID> ids = settling.settled().stream().map(Reservation::id).collect(Collectors.toSet());
    if (reservations.lock(one -> ids.contains(one.id()) && one.open() && !one.told()).size()
        < ids.size()) {
      throw new NotAtOnceException("not as it was made", null);
    }
    if (!settling.posting().isEmpty()) {
      post(settling.posting());
    }
    balances.lockIfRoom(settling.balances());
    Changes changes = Changes.of(settling.changes(), settling.book(), settling.now());
    task.call(() -> added.addAll(changes.balances().keySet()));
    try {
      List<Balance> changed = add(changes, settling.now());
      task.call(() -> writtenAt = settling.now());
      update(settling.settled());
      task.call(() -> told.addAll(changed));
      return changed;
    } catch (MissingBalancesException e) {
      throw new NotAtOnceException("no balance", e);
    }
  }

  private void update(List<Reservation> ended) {
    statement(
        "updates reservations",
        () -> {
          ended.forEach(one -> reservations.changed.put(one.id(), one));
          return null;
        });
  }

  @Override
  public Instant earliestExpiry() {
    return statement("looks for the next expiry", reservations::next);
  }

  private Map<IdempotentRequest, IdempotencyClaim> claims(List<IdempotentRequest> requests) {
    Map<IdempotentRequest, IdempotencyClaim> claims = new HashMap<>();
    for (IdempotentRequest request : requests) {
      Answer answer = database.answers.get(request.key());
      if (answer != null && !answer.at().isBefore(task.node.now().minus(KEYS_LIVE))) {
        claims.put(
            request,
            answer.request().equals(request)
                ? new IdempotencyClaim.Answered(answer.response())
                : new IdempotencyClaim.Reused());
      }
    }
    return claims;
  }

  @Override
  public void make(SortedMap<BalanceKey, Quota> wanted, Instant now) {
    balances.make(wanted, now);
  }

  @Override
  public List<Balance> write(Writes writes, QuotaBook book, Instant now) {
    if (!writes.posting().isEmpty()) {
      post(writes.posting());
    }
    Changes changes = Changes.of(writes.changes(), book, now);
    task.call(() -> added.addAll(changes.balances().keySet()));
    List<Balance> changed = drawn(writes.changes(), add(changes, now), book, now);
    reservations.insert(writes.made());
    if (!writes.ended().isEmpty()) {
      update(writes.ended());
    }
    store(writes.answers());
    tell(Alerts.of(book, changed, writes.refused(), now));
    task.call(() -> told.addAll(changed));
    return changed;
  }

  private void tell(List<Alerts> due) {
    if (!due.isEmpty()) {
      statement(
          "tells",
          () -> {
            for (Alerts one : due) {
              BalanceKey key = one.balance().key();
              balances.changed.put(key, balances.row(key).with(one.after()));
              alerts.addAll(one.due());
            }
            return null;
          });
    }
  }

  private List<Balance> add(Changes changes, Instant now) {
    return changes.balances().isEmpty() ? List.of() : balances.add(changes, now);
  }

  private List<Balance> drawn(
      List<BalanceChange> changes, List<Balance> changed, QuotaBook book, Instant now) {
    task.call(() -> writtenAt = now);
    List<BalanceChange> draws = GrantDraws.of(book, changes, changed, now);
    if (draws.isEmpty()) {
      return changed;
    }
    Map<BalanceKey, Balance> all = new TreeMap<>();
    changed.forEach(balance -> all.put(balance.key(), balance));
    balances.add(Changes.of(draws, book, now), now).forEach(one -> all.put(one.key(), one));
    return List.copyOf(all.values());
  }

  private void store(Map<IdempotentRequest, Response> toStore) {
    List<IdempotentRequest> keys =
        toStore.keySet().stream().sorted(Comparator.comparing(IdempotentRequest::key)).toList();
    for (IdempotentRequest key : keys) {
      lock("key " + key.key());
      task.call(
          "stores an answer",
          () -> {
            if (claims(List.of(key)).containsKey(key)) {
              throw new ContendedException("a request was answered meanwhile", null);
            }
            return answers.put(key, new Answer(key, toStore.get(key), task.node.now()));
          });
    }
  }

  @Override
  public List<LedgerCall> takeBack(UUID batch, Collection<SettlementKey> settlements) {
    List<UUID> ids = settlements.stream().sorted().map(SettlementKey::id).toList();
    return statement(
        "takes settlements back",
        () -> {
          List<LedgerCall> taken = new ArrayList<>();
          for (UUID id : ids) {
            Posted posted = usage.getOrDefault(id, database.usage.get(id));
            if (posted != null && posted.settlement() && !posted.reversed()) {
              usage.put(id, new Posted(posted.call(), true, true));
              taken.add(posted.call());
            }
          }
          return taken;
        });
  }

  private void post(Posting posting) {
    statement(
        "posts",
        () -> {
          for (LedgerCall call : posting.settled()) {
            UUID id = call.call().eventId();
            Violation.unless(
                !database.usage.containsKey(id) && !usage.containsKey(id),
                Invariant.COUNTED_ONCE,
                "settled again:",
                id);
            usage.put(id, new Posted(call, true, false));
          }
          tally(posting.settled(), posting.takenBack());
          return null;
        });
  }

  /** Posts the gateway's events, which are inserted already. */
  void postEvents(List<LedgerCall> fresh, List<LedgerCall> takenBack) {
    statement(
        "posts events",
        () -> {
          tally(fresh, takenBack);
          return null;
        });
  }

  private void tally(List<LedgerCall> calls, List<LedgerCall> takenBack) {
    TalliedLedger.Batch batch = database.ledger.batch(calls, takenBack);
    Violation.unless(batch.sumsToZero(), Invariant.SUM_ZERO, calls, takenBack);
    batches.add(batch);
  }

  /** Inserts an event; false when it is there already. */
  boolean insertEvent(LedgerCall call) {
    UUID id = call.call().eventId();
    lock(id);
    return task.call(
        () ->
            !database.usage.containsKey(id)
                && usage.put(id, new Posted(call, false, false)) == null);
  }

  @Override
  public Map<BalanceKey, Balance> read(SortedMap<BalanceKey, Quota> wanted, Instant now) {
    return statement("reads balances", () -> balances.read(wanted, now));
  }

  @Override
  public List<String> subjects(BalanceKey head, String after, int most) {
    throw new UnsupportedOperationException("nobody lists them here");
  }

  /** More than a few are too many, so that it happens. */
  @Override
  public BalanceNews news(BalanceNews.Seen before, int most) {
    return statement("asks what has changed", () -> balances.news(before, MOST_NEWS));
  }

  @Override
  public Optional<Reservation> find(UUID id) {
    return statement("finds a reservation", () -> Optional.ofNullable(reservations.get(id)));
  }

  @Override
  public int forget(QuotaBook book, Instant before, int most) {
    return statement(
        "forgets",
        () -> {
          List<UUID> past =
              database.reservations.values().stream()
                  .filter(one -> !one.open() && one.endedAt().isBefore(before))
                  .map(Reservation::id)
                  .filter(id -> !database.lockedByOther(this, id))
                  .toList();
          past.forEach(id -> forgotten.add(id));
          List<BalanceKey> rows = Derivation.past(database, before);
          rows.removeIf(key -> database.lockedByOther(this, key));
          for (BalanceKey key : rows) {
            database.lock(this, key);
            locked.add(key);
            balances.changed.put(key, null);
          }
          return Math.max(past.size(), rows.size());
        });
  }

  /** Reservations that are removed. */
  final Set<UUID> forgotten = new LinkedHashSet<>();

  /** Changes the quotas; grants on those that are no more go with them. */
  void change(UnaryOperator<List<Rule>> change, UnaryOperator<List<Bonus>> changeBonuses) {
    task.call(
        () -> {
          database.takeAlone(this);
          return null;
        });
    statement(
        "changes the quotas",
        () -> {
          List<Rule> next = change.apply(database.rules());
          Set<UUID> ids = new HashSet<>();
          next.forEach(rule -> ids.add(rule.id()));
          rules = next;
          bonuses =
              changeBonuses.apply(database.bonuses()).stream()
                  .filter(bonus -> ids.contains(bonus.ruleId()))
                  .toList();
          tellAgain(next, bonuses);
          bonuses.forEach(bonus -> ids.add(bonus.id()));
          database.balances.keySet().stream()
              .filter(key -> !ids.contains(key.quotaId()))
              .forEach(key -> balances.changed.put(key, null));
          return null;
        });
  }

  /** What was told of a limit that is another one now is forgotten. */
  private void tellAgain(List<Rule> next, List<Bonus> nextBonuses) {
    for (Rule rule : next) {
      Rule before = database.rule(rule.id());
      boolean otherLimit = before != null && before.limit() != rule.limit();
      boolean granted =
          nextBonuses.stream().anyMatch(b -> b.ruleId().equals(rule.id()) && isNew(b));
      database.balances.forEach(
          (key, row) -> {
            if (key.quotaId().equals(rule.id()) && (otherLimit || granted)) {
              Told told = row.told();
              balances.changed.put(
                  key,
                  row.with(
                      otherLimit ? Told.NOTHING : new Told(told.threshold(), false, told.at())));
            }
          });
    }
  }

  private boolean isNew(Bonus bonus) {
    return database.bonuses().stream().noneMatch(other -> other.id().equals(bonus.id()));
  }

  /** Makes what it has changed everybody's. */
  void merge() {
    if (rules != null) {
      database.setRules(rules, bonuses);
    }
    database.changes++;
    balances.changed.forEach(
        (key, row) -> {
          database.changed.put(key, database.changes);
          if (row == null) {
            database.balances.remove(key);
          } else {
            database.balances.put(key, row);
          }
        });
    database.reservations.putAll(reservations.changed);
    database.reservations.keySet().removeAll(forgotten);
    database.usage.putAll(usage);
    answers.forEach((key, answer) -> database.answers.put(key.key(), answer));
    batches.forEach(TalliedLedger.Batch::commit);
  }

  boolean changesSomething() {
    return !balances.changed.isEmpty()
        || !reservations.changed.isEmpty()
        || !usage.isEmpty()
        || !answers.isEmpty()
        || !forgotten.isEmpty()
        || rules != null;
  }
}
