package io.platformapi.service.quota.simulator;

import io.platformapi.service.quota.engine.BalanceChange;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaBook;
import java.time.Instant;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What changes of balances are as rows, each once.
 *
 * @param balances those that change
 * @param heads those that must be there
 * @param rows what is added to used and held
 */
record Changes(
    SortedMap<BalanceKey, Quota> balances,
    SortedMap<BalanceKey, Quota> heads,
    SortedMap<BalanceKey, long[]> rows) {

  static Changes of(Collection<BalanceChange> changes, QuotaBook book, Instant now) {
    Changes all = new Changes(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
    for (BalanceChange change : changes) {
      book.quotaOf(change.key())
          .ifPresent(
              quota -> {
                all.add(change, quota, now);
                for (BalanceKey key : book.grantBalances(quota, change.key())) {
                  all.balances.put(key, quota);
                  all.add(key, 0, 0);
                }
              });
    }
    return all;
  }

  private void add(BalanceChange change, Quota quota, Instant now) {
    BalanceKey key = change.key();
    balances.put(key, quota);
    add(key, change.slot() == null ? change.used() : 0, change.held());
    if (change.slot() != null) {
      add(new BalanceKey(key.quotaId(), key.subject(), change.slot()), change.used(), 0);
    }
    if (quota.owns(key)
        && (change.used() != 0
            || quota.window().isRolling()
            || QuotaBook.counts(quota, key.window(), now))) {
      heads.put(key.head(), quota);
    }
  }

  private void add(BalanceKey row, long used, long held) {
    long[] sums = rows.computeIfAbsent(row, key -> new long[2]);
    sums[0] += used;
    sums[1] += held;
  }
}
