package io.platformapi.service.quota.simulator;

import io.platformapi.service.quota.balance.BalanceCopy;
import io.platformapi.service.quota.balance.BalanceNews;
import io.platformapi.service.quota.balance.Copied;
import io.platformapi.service.quota.balance.CopyAnswer;
import io.platformapi.service.quota.balance.CopyPlace;
import io.platformapi.service.quota.balance.CopyRepairs;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A Redis with a replica that is behind. Balances are believed while the database tells what has
 * changed, passing ones for a while; the scripts are the calls here.
 */
final class SimulatedCopy implements BalanceCopy, CopyRepairs {
  static final Duration LIFE = Duration.ofSeconds(10);
  private static final Duration KEPT = Duration.ofMinutes(10);

  private final World world;
  private State state = new State(new HashMap<>(), null, null);
  private State replica = new State(new HashMap<>(), null, null);
  private boolean away;

  /**
   * @param epoch of one that is kept, else null
   */
  private record Entry(Balance balance, Copied.Kind kind, String epoch, Instant until) {}

  private record Believed(String epoch, String turn, Instant until) {
    String seen() {
      return epoch + "|" + turn;
    }
  }

  /** What a server holds. */
  private static final class State {
    final Map<BalanceKey, Entry> entries;
    CopyPlace place;
    Believed believed;

    State(Map<BalanceKey, Entry> entries, CopyPlace place, Believed believed) {
      this.entries = entries;
      this.place = place;
      this.believed = believed;
    }

    State copy() {
      return new State(new HashMap<>(entries), place, believed);
    }
  }

  SimulatedCopy(World world) {
    this.world = world;
  }

  private Believed believed() {
    Believed believed = state.believed;
    return believed != null && believed.until.isAfter(world.now()) ? believed : null;
  }

  private Entry entry(BalanceKey key) {
    Entry entry = state.entries.get(key);
    return entry != null && entry.until.isAfter(world.now()) ? entry : null;
  }

  @Override
  public CopyAnswer read(String tenantId, List<BalanceKey> keys) {
    return world.current().call("asks the copy", () -> away ? CopyAnswer.NOTHING : read(keys));
  }

  private CopyAnswer read(List<BalanceKey> keys) {
    Map<BalanceKey, Balance> found = new HashMap<>();
    Set<BalanceKey> passing = new HashSet<>();
    Believed believed = believed();
    for (BalanceKey key : keys) {
      Entry entry = entry(key);
      if (entry != null && entry.kind == Copied.Kind.PASSING) {
        passing.add(key);
        found.put(key, entry.balance);
      } else if (entry != null
          && entry.kind == Copied.Kind.KEPT
          && believed != null
          && believed.epoch.equals(entry.epoch)) {
        found.put(key, entry.balance);
      }
    }
    return new CopyAnswer(found, passing, believed == null ? NOT_SEEN : believed.seen());
  }

  @Override
  public void tell(String tenantId, Collection<Balance> balances) {
    world
        .current()
        .call(
            "tells the copy",
            () -> {
              if (!away) {
                balances.forEach(balance -> tell(balance, false));
              }
              return balances.size();
            });
  }

  /** Whether it was there and older. */
  private boolean tell(Balance balance, boolean newerOnly) {
    committed(balance);
    Entry present = entry(balance.key());
    if (present == null || present.kind == Copied.Kind.TOLD) {
      if (present == null || present.balance.version() <= balance.version()) {
        put(balance, Copied.Kind.TOLD, null, world.now().plus(LIFE));
      }
      return false;
    }
    boolean older = present.balance.version() < balance.version();
    if (older || !newerOnly && present.balance.version() == balance.version()) {
      put(balance, present.kind, present.epoch, present.until);
    }
    return older;
  }

  private void put(Balance balance, Copied.Kind kind, String epoch, Instant until) {
    state.entries.put(balance.key(), new Entry(balance, kind, epoch, until));
  }

  private void committed(Balance balance) {
    Violation.unless(
        world.history.until(balance) != null,
        Invariant.COPY_IS_EARLIER_TRUTH,
        "never committed:",
        balance);
  }

  @Override
  public void fill(String tenantId, Collection<Copied> balances, String seen) {
    world
        .current()
        .call(
            "fills the copy",
            () -> {
              world.noteHoldUp();
              if (!away) {
                balances.forEach(copied -> fill(copied, seen));
              }
              return balances.size();
            });
  }

  private void fill(Copied copied, String seen) {
    Balance balance = copied.balance();
    committed(balance);
    Entry present = entry(balance.key());
    boolean passes = copied.kind() == Copied.Kind.PASSING;
    String epoch = passes ? null : seen.split("\\|")[0];
    boolean same =
        present != null && present.kind == Copied.Kind.KEPT && present.epoch.equals(epoch);
    if (present != null && present.kind == Copied.Kind.KEPT && !same) {
      present = null;
    }
    boolean open = believed() != null && believed().seen().equals(seen);
    if ((present == null || present.balance.version() <= balance.version())
        && (passes || open || same)) {
      put(balance, copied.kind(), epoch, world.now().plus(passes ? LIFE : KEPT));
    }
  }

  @Override
  public Map<String, Boolean> asked() {
    throw new UnsupportedOperationException("repairs come by themselves here");
  }

  @Override
  public Optional<CopyPlace> place(String tenantId) {
    return world
        .current()
        .call("looks where the copy is", () -> away ? Optional.empty() : Optional.of(place()));
  }

  private CopyPlace place() {
    CopyPlace place = state.place;
    long now = world.now().toEpochMilli();
    return place == null
        ? new CopyPlace("", "", 0, BalanceNews.Seen.NOTHING, now, false)
        : new CopyPlace(
            place.text(), place.epoch(), place.at(), place.seen(), now, believed() != null);
  }

  @Override
  public Optional<Integer> advance(String tenantId, CopyPlace from, BalanceNews news) {
    Task task = world.current();
    String turn = task.call(() -> world.id().toString());
    String epoch = news.whole() ? from.epoch() : turn;
    Believed to = new Believed(epoch, turn, Instant.ofEpochMilli(from.asked()).plus(LIFE));
    CopyPlace before = new CopyPlace(turn, epoch, from.at(), from.seen(), 0, false);
    CopyPlace last = new CopyPlace(turn + "!", epoch, from.asked(), news.now(), 0, false);
    String present = from.text();
    for (int i = 0; i < news.balances().size() - 1; i++) {
      List<Balance> one = news.balances().subList(i, i + 1);
      Optional<Integer> done = step(present, before, to, false, one);
      if (done.isEmpty() || done.get() == OVERTAKEN) {
        return done;
      }
      present = before.text();
    }
    int size = news.balances().size();
    return step(present, last, to, true, news.balances().subList(Math.max(0, size - 1), size));
  }

  private Optional<Integer> step(
      String present, CopyPlace next, Believed to, boolean last, List<Balance> balances) {
    return world
        .current()
        .call(
            "repairs the copy",
            () -> {
              if (away) {
                return Optional.empty();
              }
              if (!present.equals(state.place == null ? "" : state.place.text())) {
                return Optional.of(OVERTAKEN);
              }
              int missing = 0;
              for (Balance balance : balances) {
                missing += tell(balance, true) ? 1 : 0;
              }
              state.place = next;
              if (last) {
                state.believed = to;
              } else if (believed() != null) {
                state.believed = new Believed(to.epoch, to.turn, believed().until);
              }
              return Optional.of(missing);
            });
  }

  /** Something goes wrong with it. */
  void fail(Dice dice) {
    switch (dice.below(6)) {
      case 0 -> state = new State(new HashMap<>(), null, null);
      case 1 -> lose(dice);
      case 2, 3 -> replica = state.copy();
      case 4 -> state = replica.copy();
      default -> away = !away;
    }
  }

  private void lose(Dice dice) {
    state.entries.keySet().removeIf(key -> dice.percent(50));
    if (dice.percent(20)) {
      state.place = null;
    }
    if (dice.percent(20)) {
      state.believed = null;
    }
  }
}
