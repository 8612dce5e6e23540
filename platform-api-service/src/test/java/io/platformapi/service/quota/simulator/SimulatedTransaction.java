package io.platformapi.service.quota.simulator;

import io.platformapi.service.http.IdempotencyClaim;
import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.persistence.DatabaseUnavailableException;
import io.platformapi.service.quota.balance.MissingBalancesException;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaBook;
import io.platformapi.service.quota.engine.Told;
import io.platformapi.service.quota.reservation.ContendedException;
import io.platformapi.service.quota.reservation.Opened;
import io.platformapi.service.quota.reservation.Opening;
import io.platformapi.service.quota.reservation.QuotaTransaction;
import io.platformapi.service.quota.reservation.RequestIdsTakenException;
import io.platformapi.service.quota.reservation.Reservation;
import io.platformapi.service.quota.reservation.Writes;
import io.platformapi.service.usage.LedgerCall;
import io.platformapi.service.usage.SettlementKey;
import io.platformapi.service.usage.TalliedLedger;
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
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A transaction of READ COMMITTED, statement by statement as the real one: each sees what is
 * committed when it begins, locks rows in its order, and looks at a row again when it has waited
 * for it.
 */
final class SimulatedTransaction implements QuotaTransaction {
  private static final Duration KEYS_LIVE = Duration.ofHours(24);

  final Task task;
  final Map<BalanceKey, Row> balances = new TreeMap<>();
  final Map<UUID, Reservation> reservations = new LinkedHashMap<>();
  final List<Reservation> made = new ArrayList<>();
  final Map<UUID, Posted> usage = new LinkedHashMap<>();
  final Map<IdempotentRequest, Answer> answers = new HashMap<>();

  /** Balances as they are told to the copy when this is committed. */
  final List<Balance> told = new ArrayList<>();

  private final World world;
  private final SimulatedDatabase database;
  private final Set<Object> locked = new HashSet<>();
  private final List<TalliedLedger.Batch> batches = new ArrayList<>();
  private List<Rule> rules;

  SimulatedTransaction(World world, SimulatedDatabase database, Task task) {
    this.world = world;
    this.database = database;
    this.task = task;
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

  private void lock(Object what) {
    task.call(
        () -> {
          database.lock(this, what);
          locked.add(what);
          return null;
        });
  }

  private Row row(BalanceKey key) {
    return balances.containsKey(key) ? balances.get(key) : database.balances.get(key);
  }

  private Reservation reservation(UUID id) {
    Reservation own = reservations.get(id);
    return own == null ? database.reservations.get(id) : own;
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
    Instant earliest = opening.expiry() ? statement("looks for the next expiry", this::next) : null;
    Map<IdempotentRequest, IdempotencyClaim> claims =
        opening.requests().isEmpty()
            ? Map.of()
            : statement("looks up keys", () -> claims(opening.requests()));
    List<Reservation> found = List.of();
    if (!opening.reservations().isEmpty()) {
      found = lockReservations(one -> opening.reservations().contains(one.id()));
    }
    if (opening.overdue() > 0) {
      found = statement("locks overdue", () -> overdue(opening.now(), opening.overdue()));
    }
    return new Opened(version, earliest, claims, found, lockBalances(opening));
  }

  private Instant next() {
    return database.reservations.values().stream()
        .filter(Reservation::open)
        .map(Reservation::expiresAt)
        .min(Comparator.naturalOrder())
        .orElse(null);
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

  /** In the order of their ids. */
  List<Reservation> lockReservations(Predicate<Reservation> wanted) {
    List<UUID> ids =
        statement(
            "locks reservations",
            () ->
                database.reservations.values().stream()
                    .filter(wanted)
                    .map(Reservation::id)
                    .sorted()
                    .toList());
    ids.forEach(this::lock);
    return task.call(
        () ->
            ids.stream()
                .map(database.reservations::get)
                .filter(one -> one != null && wanted.test(one))
                .toList());
  }

  private List<Reservation> overdue(Instant now, int most) {
    List<Reservation> overdue =
        database.reservations.values().stream()
            .filter(one -> one.overdue(now) && !database.lockedByOther(this, one.id()))
            .sorted(Comparator.comparing(Reservation::expiresAt))
            .limit(most)
            .toList();
    overdue.forEach(
        one -> {
          database.lock(this, one.id());
          locked.add(one.id());
        });
    return overdue;
  }

  private Map<BalanceKey, Balance> lockBalances(Opening opening) {
    if (opening.balances().isEmpty()) {
      return Map.of();
    }
    List<BalanceKey> there =
        statement(
            "locks balances",
            () -> opening.balances().keySet().stream().filter(key -> row(key) != null).toList());
    there.forEach(this::lock);
    return statement(
        "reads balances",
        () -> {
          SortedMap<BalanceKey, Quota> keys = new TreeMap<>(opening.balances());
          keys.keySet().retainAll(there);
          return sums(keys, opening.now());
        });
  }

  /** Those that are there, a rolling one with its sum. */
  private Map<BalanceKey, Balance> sums(SortedMap<BalanceKey, Quota> keys, Instant now) {
    Map<BalanceKey, Balance> found = new HashMap<>();
    keys.forEach(
        (key, quota) -> {
          Row row = row(key);
          if (row != null) {
            long used =
                quota.window().isRolling() ? slots(key, quota.window().firstSlot(now)) : row.used();
            found.put(key, new Balance(key, used, row.held(), row.version(), Told.NOTHING));
          }
        });
    return found;
  }

  private long slots(BalanceKey head, Instant from) {
    long sum = 0;
    Set<BalanceKey> keys = new LinkedHashSet<>(database.balances.keySet());
    keys.addAll(balances.keySet());
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

  @Override
  public void make(SortedMap<BalanceKey, Quota> wanted, Instant now) {
    SortedMap<BalanceKey, Quota> heads = new TreeMap<>();
    wanted.forEach((key, quota) -> heads.put(key.head(), quota));
    for (BalanceKey head : create(List.copyOf(heads.keySet()))) {
      Rule rule = task.call(() -> rule(head));
      statement("adds usage up", () -> Derivation.used(database, rule, head, now))
          .forEach((key, used) -> upsert(key, row -> new Row(used, row.held(), row.version() + 1)));
      statement("adds holds up", () -> Derivation.held(database, head))
          .forEach((key, held) -> upsert(key, row -> new Row(row.used(), held, row.version() + 1)));
    }
    List<BalanceKey> subjects =
        wanted.keySet().stream().filter(k -> !heads.containsKey(k)).toList();
    create(subjects);
  }

  private void upsert(BalanceKey key, UnaryOperator<Row> change) {
    lock(key);
    task.call(
        () -> {
          Row row = row(key);
          return balances.put(key, change.apply(row == null ? new Row(0, 0, 0) : row));
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
      statement("makes balances", () -> null);
    }
    for (BalanceKey key : keys) {
      boolean fresh = task.call(() -> create(key));
      if (fresh) {
        created.add(key);
      }
    }
    return created;
  }

  /** A row that is there already is waited for if need be, but not locked. */
  private boolean create(BalanceKey key) {
    if (database.lockedByOther(this, key) && database.madeByOther(this, key)) {
      database.lock(this, key);
    }
    if (row(key) != null) {
      return false;
    }
    database.lock(this, key);
    locked.add(key);
    balances.put(key, new Row(0, 0, 1));
    return true;
  }

  @Override
  public List<Balance> write(Writes writes, QuotaBook book, Instant now) {
    Changes changes = Changes.of(writes.changes(), book, now);
    List<Balance> changed = changes.balances().isEmpty() ? List.of() : add(changes, now);
    insert(writes.made());
    if (!writes.ended().isEmpty()) {
      statement(
          "updates reservations",
          () -> {
            writes.ended().forEach(one -> reservations.put(one.id(), one));
            return null;
          });
    }
    store(writes.answers());
    task.call(() -> told.addAll(changed));
    return changed;
  }

  private List<Balance> add(Changes changes, Instant now) {
    Map<BalanceKey, Quota> missing =
        statement(
            "looks for heads",
            () -> {
              Map<BalanceKey, Quota> heads = new HashMap<>(changes.heads());
              heads.keySet().removeIf(head -> row(head) != null);
              return heads;
            });
    if (!missing.isEmpty()) {
      throw new MissingBalancesException(missing);
    }
    Set<BalanceKey> there =
        statement(
            "adds to balances",
            () -> {
              Set<BalanceKey> found = new HashSet<>(changes.rows().keySet());
              found.removeIf(key -> row(key) == null);
              return found;
            });
    changes
        .rows()
        .forEach(
            (key, sums) -> {
              if (sums[1] >= 0 || there.contains(key)) {
                lock(key);
                task.call(
                    () -> {
                      Row row = row(key);
                      Row next =
                          row == null ? new Row(sums[0], sums[1], 0) : row.plus(sums[0], sums[1]);
                      return balances.put(key, next);
                    });
              }
            });
    return statement(
        "reads what it changed", () -> List.copyOf(sums(changes.balances(), now).values()));
  }

  private void insert(List<Reservation> reserved) {
    Set<String> taken = new HashSet<>();
    for (Reservation one : reserved) {
      boolean inserted = task.call("inserts a reservation", () -> insert(one));
      if (!inserted) {
        taken.add(one.requestId());
      }
    }
    if (!taken.isEmpty()) {
      throw new RequestIdsTakenException(taken);
    }
  }

  private boolean insert(Reservation one) {
    for (SimulatedTransaction other : database.active) {
      if (other != this && other.changesRequestId(one.requestId())) {
        database.await(this, other);
      }
    }
    boolean taken =
        database.reservations.values().stream()
                .anyMatch(
                    there ->
                        there.open()
                            && there.requestId().equals(one.requestId())
                            && reservation(there.id()).open())
            || reservations.values().stream()
                .anyMatch(own -> own.open() && own.requestId().equals(one.requestId()));
    if (!taken) {
      reservations.put(one.id(), one);
      made.add(one);
    }
    return !taken;
  }

  /** Whether the index of open reservations has an entry of it that may come or go. */
  private boolean changesRequestId(String requestId) {
    return reservations.values().stream().anyMatch(one -> one.requestId().equals(requestId));
  }

  private void store(Map<IdempotentRequest, jakarta.ws.rs.core.Response> toStore) {
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

  @Override
  public void post(UUID batch, List<LedgerCall> settled, List<LedgerCall> takenBack) {
    statement(
        "posts",
        () -> {
          for (LedgerCall call : settled) {
            UUID id = call.call().eventId();
            Violation.unless(
                !database.usage.containsKey(id) && !usage.containsKey(id),
                Invariant.COUNTED_ONCE,
                "settled again:",
                id);
            usage.put(id, new Posted(call, true, false));
          }
          tally(settled, takenBack);
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
    return statement("reads balances", () -> sums(wanted, now));
  }

  @Override
  public Optional<Reservation> find(UUID id) {
    return statement("finds a reservation", () -> Optional.ofNullable(reservation(id)));
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
            balances.put(key, null);
          }
          return Math.max(past.size(), rows.size());
        });
  }

  /** Reservations that are removed. */
  final Set<UUID> forgotten = new LinkedHashSet<>();

  void change(UnaryOperator<List<Rule>> change) {
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
          database.balances.keySet().stream()
              .filter(key -> !ids.contains(key.quotaId()))
              .forEach(key -> balances.put(key, null));
          rules = next;
          return null;
        });
  }

  /** Makes what it has changed everybody's. */
  void merge() {
    if (rules != null) {
      database.setRules(rules);
    }
    balances.forEach(
        (key, row) -> {
          if (row == null) {
            database.balances.remove(key);
          } else {
            database.balances.put(key, row);
          }
        });
    database.reservations.putAll(reservations);
    database.reservations.keySet().removeAll(forgotten);
    database.usage.putAll(usage);
    answers.forEach((key, answer) -> database.answers.put(key.key(), answer));
    batches.forEach(TalliedLedger.Batch::commit);
  }

  boolean changesSomething() {
    return !balances.isEmpty()
        || !reservations.isEmpty()
        || !usage.isEmpty()
        || !answers.isEmpty()
        || !forgotten.isEmpty()
        || rules != null;
  }
}
