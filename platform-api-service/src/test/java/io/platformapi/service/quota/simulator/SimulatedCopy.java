package io.platformapi.service.quota.simulator;

import io.platformapi.service.quota.balance.BalanceCopy;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A Redis with a replica that is behind; entries live for a while. */
final class SimulatedCopy implements BalanceCopy {
  static final Duration LIFE = Duration.ofSeconds(10);

  private final World world;
  private Map<BalanceKey, Entry> entries = new HashMap<>();
  private Map<BalanceKey, Entry> replica = new HashMap<>();
  private boolean away;

  private record Entry(Balance balance, Instant until) {}

  SimulatedCopy(World world) {
    this.world = world;
  }

  @Override
  public Map<BalanceKey, Balance> read(String tenantId, List<BalanceKey> keys) {
    return world
        .current()
        .call(
            "asks the copy",
            () -> {
              Map<BalanceKey, Balance> found = new HashMap<>();
              if (!away) {
                for (BalanceKey key : keys) {
                  Entry entry = entries.get(key);
                  if (entry != null && entry.until.isAfter(world.now())) {
                    found.put(key, entry.balance);
                  }
                }
              }
              return found;
            });
  }

  @Override
  public void write(String tenantId, Collection<Balance> balances) {
    world
        .current()
        .call(
            "tells the copy",
            () -> {
              world.noteHoldUp();
              if (!away) {
                balances.forEach(this::write);
              }
              return balances.size();
            });
  }

  private void write(Balance balance) {
    Violation.unless(
        world.history.until(balance) != null,
        Invariant.COPY_IS_EARLIER_TRUTH,
        "never committed:",
        balance);
    Entry present = entries.get(balance.key());
    if (present == null
        || !present.until.isAfter(world.now())
        || present.balance.version() < balance.version()) {
      entries.put(balance.key(), new Entry(balance, world.now().plus(LIFE)));
    }
  }

  /** Something goes wrong with it. */
  void fail(Dice dice) {
    switch (dice.below(5)) {
      case 0 -> entries.clear();
      case 1 -> entries.keySet().removeIf(key -> dice.percent(50));
      case 2 -> replica = new HashMap<>(entries);
      case 3 -> entries = new HashMap<>(replica);
      default -> away = !away;
    }
  }
}
