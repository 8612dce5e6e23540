package io.platformapi.service.quota.reservation;

import io.platformapi.service.quota.balance.Copied;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Quota;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Balances as the database has them. One of a subject without a row is empty, if its head is there;
 * one of a grant without a row is empty.
 *
 * @param balances of which that is known
 * @param missing heads that have not been made yet
 */
record PresentBalances(Map<BalanceKey, Balance> balances, SortedMap<BalanceKey, Quota> missing) {

  /** Reads, and locks nothing. */
  static PresentBalances read(
      QuotaTransaction transaction, SortedMap<BalanceKey, Quota> wanted, Instant now) {
    SortedMap<BalanceKey, Quota> missing = new TreeMap<>();
    wanted.forEach(
        (key, quota) -> {
          if (quota.owns(key)) {
            missing.put(key.head(), quota);
          }
        });
    SortedMap<BalanceKey, Quota> all = new TreeMap<>(wanted);
    all.putAll(missing);
    Map<BalanceKey, Balance> found = all.isEmpty() ? Map.of() : transaction.read(all, now);
    missing.keySet().removeAll(found.keySet());
    Map<BalanceKey, Balance> balances = new HashMap<>();
    for (BalanceKey key : wanted.keySet()) {
      Balance balance = found.get(key);
      if (balance != null) {
        balances.put(key, balance);
      } else if (!missing.containsKey(key.head())) {
        balances.put(key, Balance.empty(key));
      }
    }
    return new PresentBalances(balances, missing);
  }

  /**
   * What is known, for the copy.
   *
   * @param wanted as they were read
   */
  List<Copied> copied(SortedMap<BalanceKey, Quota> wanted) {
    return balances.values().stream()
        .map(
            balance ->
                new Copied(
                    balance,
                    wanted.get(balance.key()).window().isRolling()
                        ? Copied.Kind.PASSING
                        : Copied.Kind.KEPT))
        .toList();
  }
}
