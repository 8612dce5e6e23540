package io.platformapi.service.quota.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

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
    SortedMap<BalanceKey, QuotaState> states = new TreeMap<>();
    refused.forEach(state -> states.put(state.balance().key(), state));
    Set<BalanceKey> refusing = Set.copyOf(states.keySet());
    Map<BalanceKey, Balance> balances = new HashMap<>();
    if (book.hasGrants()) {
      changed.forEach(balance -> balances.put(balance.key(), balance));
    }
    Function<BalanceKey, Balance> known = GrantShare.in(balances);
    for (Balance balance : changed) {
      book.find(balance.key().quotaId())
          .map(quota -> state(book, quota, balance, known, now))
          .ifPresent(state -> states.put(balance.key(), state));
    }
    List<Alerts> found = new ArrayList<>();
    states.forEach(
        (key, state) -> {
          List<Alert> due = Alert.due(state, refusing.contains(key));
          if (!due.isEmpty()) {
            found.add(new Alerts(state.balance(), due, Alert.after(state, due)));
          }
        });
    return found;
  }

  private static QuotaState state(
      QuotaBook book,
      Quota quota,
      Balance balance,
      Function<BalanceKey, Balance> known,
      Instant now) {
    List<QuotaGrant> grants = book.hasGrants() ? book.grants(quota, balance.key()) : List.of();
    long granted = GrantShare.added(new Demand(quota, balance.key(), 0, grants), known, now);
    return new QuotaState(quota, balance, now, granted);
  }
}
