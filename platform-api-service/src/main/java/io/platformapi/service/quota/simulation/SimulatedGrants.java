package io.platformapi.service.quota.simulation;

import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceChange;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.Told;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * What is drawn from grants while time goes on: all of it, and beside it what the windows have
 * drawn that are open. Times must not go back.
 */
final class SimulatedGrants {
  private final Map<BalanceKey, Long> totals;
  private final Map<UUID, Window> windows = new HashMap<>();
  private int size;

  /**
   * @param totals what was drawn before, by the balances that tell it
   */
  SimulatedGrants(Map<BalanceKey, Long> totals) {
    this.totals = new HashMap<>(totals);
    this.size = totals.size();
  }

  /** How many balances are held. */
  int size() {
    return size;
  }

  /** A balance of what was drawn from a grant on the quota, in the window that is open. */
  Balance get(Quota quota, BalanceKey key) {
    return new Balance(key, in(quota, key).getOrDefault(key, 0L), 0, 0, Told.NOTHING);
  }

  void add(Quota quota, BalanceChange draw) {
    Map<BalanceKey, Long> balances = in(quota, draw.key());
    int before = balances.size();
    balances.merge(draw.key(), draw.used(), Math::addExact);
    size += balances.size() - before;
  }

  private Map<BalanceKey, Long> in(Quota quota, BalanceKey key) {
    if (key.window().equals(Instant.EPOCH)) {
      return totals;
    }
    Window window = windows.computeIfAbsent(quota.id(), id -> new Window());
    if (!key.window().equals(window.id)) {
      size -= window.drawn.size();
      window.drawn.clear();
      window.id = key.window();
    }
    return window.drawn;
  }

  /** What one quota's window has drawn, by balance. */
  private static final class Window {
    private final Map<BalanceKey, Long> drawn = new HashMap<>();
    private Instant id;
  }
}
