package io.platformapi.service.quota.reservation;

import io.platformapi.service.quota.balance.MissingBalancesException;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Demand;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaBook;
import io.platformapi.service.quota.engine.QuotaState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * How a quota stands in its present window for those whom it counts: what the database has, as a
 * check would be answered by it. Overdue holds that stand in it are ended first.
 */
public final class Standings {
  private final QuotaWork work;
  private final Expiry expiry;

  public Standings(QuotaWork work, Expiry expiry) {
    this.work = work;
    this.expiry = expiry;
  }

  /**
   * @param after of a quota that counts each name for itself: those after this subject
   * @param most how many of them
   * @return empty when there is no such quota
   */
  public Optional<List<QuotaState>> of(String tenantId, UUID quotaId, String after, int most) {
    expiry.run(tenantId);
    return work.run(
        tenantId,
        (transaction, book, now) -> {
          QuotaWork.open(transaction, book, Opening.bare(now));
          return book.find(quotaId)
              .map(quota -> states(transaction, book, quota, after, most, now));
        });
  }

  private static List<QuotaState> states(
      QuotaTransaction transaction,
      QuotaBook book,
      Quota quota,
      String after,
      int most,
      Instant now) {
    BalanceKey head = new BalanceKey(quota.id(), "", quota.window().id(now));
    SortedMap<BalanceKey, Quota> heads = new TreeMap<>(Map.of(head, quota));
    if (transaction.read(heads, now).isEmpty()) {
      throw new MissingBalancesException(heads);
    }
    List<String> subjects =
        quota.selector().each().isEmpty() ? List.of("") : transaction.subjects(head, after, most);
    List<Demand> demands =
        subjects.stream()
            .map(name -> new BalanceKey(quota.id(), name, head.window()))
            .map(key -> new Demand(quota, key, 0, book.grants(quota, key)))
            .toList();
    SortedMap<BalanceKey, Quota> needed = new TreeMap<>();
    demands.forEach(demand -> demand.addBalances(needed));
    Map<BalanceKey, Balance> found = needed.isEmpty() ? Map.of() : transaction.read(needed, now);
    return demands.stream()
        .map(
            demand ->
                QuotaState.of(demand, key -> found.getOrDefault(key, Balance.empty(key)), now))
        .toList();
  }
}
