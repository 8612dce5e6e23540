package io.platformapi.service.quota.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is due for one balance.
 *
 * @param after what has been told when these are
 */
public record Alerts(Balance balance, List<Alert> due, Told after) {

  /**
   * What is due after a transaction's changes, in the order of the keys; nothing of a balance of
   * which all has been told.
   *
   * @param changed balances as they are now; one whose quota is gone is nobody's concern
   * @param refused quotas that have refused a request, as they were found; each must be locked
   */
  public static List<Alerts> of(
      QuotaBook book, Collection<Balance> changed, Collection<QuotaState> refused, Instant now) {
    SortedMap<BalanceKey, Balance> balances = new TreeMap<>();
    refused.forEach(state -> balances.put(state.balance().key(), state.balance()));
    Set<BalanceKey> refusing = Set.copyOf(balances.keySet());
    changed.forEach(balance -> balances.put(balance.key(), balance));
    List<Alerts> found = new ArrayList<>();
    balances.forEach(
        (key, balance) ->
            book.find(key.quotaId())
                .map(quota -> of(quota, balance, refusing.contains(key), now))
                .filter(alerts -> !alerts.due.isEmpty())
                .ifPresent(found::add));
    return found;
  }

  private static Alerts of(Quota quota, Balance balance, boolean refused, Instant now) {
    List<Alert> due = Alert.due(quota, balance, refused, now);
    return new Alerts(balance, due, Alert.after(quota, balance, due, now));
  }
}
