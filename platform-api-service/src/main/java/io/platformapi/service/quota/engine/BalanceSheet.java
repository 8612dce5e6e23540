package io.platformapi.service.quota.engine;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The balances that a group of requests is decided by, one after the other. */
public final class BalanceSheet {
  private final Map<BalanceKey, Balance> balances = new HashMap<>();
  private final Map<BalanceKey, Long> held = new TreeMap<>();

  /**
   * @param balances as they stand; what is not among them is empty
   */
  public BalanceSheet(Collection<Balance> balances) {
    balances.forEach(balance -> this.balances.put(balance.key(), balance));
  }

  /** What was drawn from grants stands as it did before: no two balances draw from the same. */
  public Balance get(BalanceKey key) {
    Balance balance = balances.get(key);
    return balance == null ? Balance.empty(key) : balance;
  }

  /** Decides a request; what it is granted is held from then on. */
  public Decision take(List<Demand> demands, Instant now) {
    Decision decision = Decider.decide(demands, this::get, now);
    if (decision.granted()) {
      for (int i = 0; i < demands.size(); i++) {
        Demand demand = demands.get(i);
        if (demand.amount() != 0) {
          balances.put(demand.key(), decision.states().get(i).balance());
          held.merge(demand.key(), demand.amount(), Math::addExact);
        }
      }
    }
    return decision;
  }

  /** What was held of each balance by this group, in the order of the keys. */
  public List<BalanceChange> changes() {
    return held.entrySet().stream()
        .map(entry -> new BalanceChange(entry.getKey(), null, 0, entry.getValue()))
        .toList();
  }
}
