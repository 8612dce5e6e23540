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
import java.util.Set;

/**
 * What this node has read of the shared copy or written into it: for a moment, and for longer while
 * it hears in time what others change and the copy is believed. For a moment what other nodes do
 * may be missed, never what this node does.
 */
public final class RecentBalances implements BalanceCopy {
  private static final int MOST = 50_000;

  /** Then it is read again, so that no error stays for ever; half of it, not all at once. */
  private static final long KEPT = Duration.ofMinutes(5).toNanos();

  private final BalanceCopy shared;
  private final AgingBalances aging = new AgingBalances();
  private final long moment;
  private final long passing;
  private final Recent<Place, Balance> recent;
  private final CopyFollower follower;

  private RecentBalances(BalanceCopy shared, Caches caches, Duration moment, Duration passing) {
    this.shared = shared;
    this.moment = moment.toNanos();
    this.passing = passing.toNanos();
    this.recent =
        caches.recent(
            "balances",
            MOST,
            moment,
            passing,
            (one, two) -> one.version() > two.version(),
            place -> aging.add(place.tenantId, place.key));
    this.follower = new CopyFollower(shared, moment, recent::now, this::keep);
  }

  /**
   * @param moment zero remembers nothing
   * @param passing for which something is remembered that grows old by itself
   */
  public static BalanceCopy of(
      BalanceCopy shared, Caches caches, Duration moment, Duration passing) {
    return moment.isZero() ? shared : new RecentBalances(shared, caches, moment, passing);
  }

  /**
   * @param age of the copy that it was remembered of
   */
  private record Place(String tenantId, long age, BalanceKey key) {}

  @Override
  public CopyAnswer read(String tenantId, List<BalanceKey> keys) {
    CopyFollower.Followed heard = follower.followed(tenantId);
    Map<BalanceKey, Balance> found = new HashMap<>();
    List<BalanceKey> unknown = new ArrayList<>();
    for (BalanceKey key : keys) {
      Balance balance = recent.get(new Place(tenantId, heard.age(), key), heard.nanos());
      if (balance == null) {
        unknown.add(key);
      } else {
        found.put(key, balance);
      }
    }
    if (unknown.isEmpty()) {
      return new CopyAnswer(found, Set.of(), NOT_SEEN);
    }
    long asked = recent.now();
    CopyAnswer answer = shared.read(tenantId, unknown);
    // Of what was heard meanwhile there may have been no room to remember it.
    boolean followed = follower.answered(tenantId) - asked <= 0;
    answer
        .balances()
        .forEach(
            (key, balance) -> {
              boolean passing = answer.passing().contains(key);
              found.put(
                  key,
                  followed
                      ? keep(tenantId, heard.age(), balance, passing, asked)
                      : recent.note(new Place(tenantId, heard.age(), key), balance, asked));
            });
    return new CopyAnswer(found, answer.passing(), answer.seen());
  }

  @Override
  public void tell(String tenantId, Collection<Balance> balances) {
    balances.forEach(balance -> note(tenantId, balance));
    shared.tell(tenantId, balances);
  }

  @Override
  public void fill(String tenantId, Collection<Copied> balances, String seen) {
    if (seen.isEmpty()) {
      // Nothing is kept there; what was read is not read again by the next one at least.
      balances.forEach(copied -> note(tenantId, copied.balance()));
    }
    shared.fill(tenantId, balances, seen);
  }

  private void note(String tenantId, Balance balance) {
    recent.note(new Place(tenantId, follower.age(tenantId), balance.key()), balance, recent.now());
  }

  @Override
  public String seen(String tenantId) {
    return shared.seen(tenantId);
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

  private void keep(String tenantId, long age, List<Copied> balances, long since) {
    for (Copied copied : balances) {
      Balance balance = copied.balance();
      if (copied.believed()) {
        keep(tenantId, age, balance, copied.kind() == Copied.Kind.PASSING, since);
      } else {
        // What is remembered of an earlier version is not to be answered any more, nor is this.
        recent.note(new Place(tenantId, age, balance.key()), balance, since - moment);
      }
    }
  }

  private Balance keep(String tenantId, long age, Balance balance, boolean brief, long since) {
    Place place = new Place(tenantId, age, balance.key());
    long longest = brief ? passing : KEPT - Math.floorMod(place.hashCode(), KEPT / 2);
    return recent.keep(place, balance, since, longest);
  }
}
