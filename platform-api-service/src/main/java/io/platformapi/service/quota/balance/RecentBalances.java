package io.platformapi.service.quota.balance;

import io.platformapi.service.cache.Caches;
import io.platformapi.service.cache.Recent;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What this node has just read of the shared copy or written into it, remembered for a moment: for
 * so long what other nodes change may be missed, never what this node does.
 */
public final class RecentBalances implements BalanceCopy {
  private static final int MOST = 20_000;

  private final BalanceCopy shared;
  private final Recent<Place, Balance> recent;

  private RecentBalances(BalanceCopy shared, Recent<Place, Balance> recent) {
    this.shared = shared;
    this.recent = recent;
  }

  /**
   * @param moment zero remembers nothing
   */
  public static BalanceCopy of(BalanceCopy shared, Caches caches, Duration moment) {
    return moment.isZero()
        ? shared
        : new RecentBalances(
            shared,
            caches.recent("balances", MOST, moment, (one, two) -> one.version() > two.version()));
  }

  private record Place(String tenantId, BalanceKey key) {}

  @Override
  public Map<BalanceKey, Balance> read(String tenantId, List<BalanceKey> keys) {
    Map<BalanceKey, Balance> found = new HashMap<>();
    List<BalanceKey> unknown = new ArrayList<>();
    for (BalanceKey key : keys) {
      Balance balance = recent.get(new Place(tenantId, key));
      if (balance == null) {
        unknown.add(key);
      } else {
        found.put(key, balance);
      }
    }
    if (!unknown.isEmpty()) {
      long asked = recent.now();
      for (Balance balance : shared.read(tenantId, unknown).values()) {
        found.put(balance.key(), keep(tenantId, balance, asked));
      }
    }
    return found;
  }

  @Override
  public void write(String tenantId, Collection<Balance> balances) {
    long now = recent.now();
    for (Balance balance : balances) {
      keep(tenantId, balance, now);
    }
    shared.write(tenantId, balances);
  }

  @Override
  public Map<String, List<BalanceKey>> aging() {
    return shared.aging();
  }

  private Balance keep(String tenantId, Balance balance, long since) {
    return recent.keep(new Place(tenantId, balance.key()), balance, since);
  }
}
