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
 * What this node has read of the shared copy or written into it: for a moment, and for longer while
 * it hears in time what others change. For a moment what other nodes do may be missed, never what
 * this node does.
 */
public final class RecentBalances implements BalanceCopy {
  private static final int MOST = 50_000;

  private final BalanceCopy shared;
  private final AgingBalances aging = new AgingBalances();
  private final Recent<Place, Balance> recent;
  private final CopyFollower follower;

  private RecentBalances(BalanceCopy shared, Caches caches, Duration moment, Duration longest) {
    this.shared = shared;
    this.recent =
        caches.recent(
            "balances",
            MOST,
            moment,
            longest,
            (one, two) -> one.version() > two.version(),
            place -> aging.add(place.tenantId, place.key));
    this.follower = new CopyFollower(shared, moment, recent::now, this::keep);
  }

  /**
   * @param moment zero remembers nothing
   * @param longest for which something is remembered though nobody tells of a change, as a change
   *     may have been told to nobody
   */
  public static BalanceCopy of(
      BalanceCopy shared, Caches caches, Duration moment, Duration longest) {
    return moment.isZero() ? shared : new RecentBalances(shared, caches, moment, longest);
  }

  private record Place(String tenantId, BalanceKey key) {}

  @Override
  public Map<BalanceKey, Balance> read(String tenantId, List<BalanceKey> keys) {
    long followed = follower.followed(tenantId);
    Map<BalanceKey, Balance> found = new HashMap<>();
    List<BalanceKey> unknown = new ArrayList<>();
    for (BalanceKey key : keys) {
      Balance balance = recent.get(new Place(tenantId, key), followed);
      if (balance == null) {
        unknown.add(key);
      } else {
        found.put(key, balance);
      }
    }
    if (!unknown.isEmpty()) {
      long asked = recent.now();
      for (Balance balance : shared.read(tenantId, unknown).values()) {
        found.put(balance.key(), recent.keep(new Place(tenantId, balance.key()), balance, asked));
      }
    }
    return found;
  }

  @Override
  public void write(String tenantId, Collection<Balance> balances) {
    long now = recent.now();
    for (Balance balance : balances) {
      recent.note(new Place(tenantId, balance.key()), balance, now);
    }
    shared.write(tenantId, balances);
  }

  @Override
  public Map<String, List<BalanceKey>> aging() {
    Map<String, List<BalanceKey>> all = aging.take();
    shared
        .aging()
        .forEach(
            (tenant, keys) -> all.computeIfAbsent(tenant, t -> new ArrayList<>()).addAll(keys));
    return all;
  }

  private void keep(String tenantId, List<Balance> balances, long since) {
    for (Balance balance : balances) {
      recent.keep(new Place(tenantId, balance.key()), balance, since);
    }
  }
}
