package io.platformapi.service.quota.simulator;

import static io.platformapi.service.quota.simulator.Violation.unless;

import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Every committed state of every balance. */
final class History {
  private final Map<BalanceKey, List<State>> states = new HashMap<>();

  /** A state that is the present one until the next. */
  private static final class State {
    final long version;
    final long used;
    final long held;
    final boolean sum;
    final Instant from;
    Instant until = Instant.MAX;

    State(long version, long used, long held, boolean sum, Instant from) {
      this.from = from;
      this.version = version;
      this.used = used;
      this.held = held;
      this.sum = sum;
    }

    boolean is(Balance balance) {
      return version == balance.version()
          && held == balance.held()
          && (sum ? balance.used() <= used : balance.used() == used);
    }
  }

  /**
   * @param sum whether used is of all parts of a rolling window, of which some have left it
   */
  void add(BalanceKey key, Row row, long used, boolean sum, Instant at) {
    List<State> before = states.get(key);
    State last = before == null ? null : before.get(before.size() - 1);
    unless(
        last == null
            || last.until != Instant.MAX
            || row.version() > last.version
            || row.version() == last.version && used == last.used && row.held() == last.held,
        Invariant.VERSIONS,
        key,
        "changed and is of the version before:",
        row);
    end(key, at);
    states
        .computeIfAbsent(key, k -> new ArrayList<>())
        .add(new State(row.version(), used, row.held(), sum, at));
  }

  /** The balance is no more. */
  void end(BalanceKey key, Instant at) {
    List<State> all = states.get(key);
    if (all != null && all.get(all.size() - 1).until == Instant.MAX) {
      all.get(all.size() - 1).until = at;
    }
  }

  /** Whether the balance has been there since before a time. */
  boolean thereSince(BalanceKey key, Instant time) {
    List<State> all = states.getOrDefault(key, List.of());
    return !all.isEmpty()
        && all.get(0).from.isBefore(time)
        && all.get(all.size() - 1).until == Instant.MAX;
  }

  /** Until when a balance was as told; null when it never was, the latest time if it still is. */
  Instant until(Balance balance) {
    List<State> all = states.getOrDefault(balance.key(), List.of());
    if (balance.equals(Balance.empty(balance.key()))) {
      // It was not there before its first state, and is not there once it has been removed.
      boolean there = !all.isEmpty() && all.get(all.size() - 1).until == Instant.MAX;
      return there ? all.get(0).from : Instant.MAX;
    }
    for (int i = all.size() - 1; i >= 0; i--) {
      if (all.get(i).is(balance)) {
        return all.get(i).until;
      }
    }
    return null;
  }
}
