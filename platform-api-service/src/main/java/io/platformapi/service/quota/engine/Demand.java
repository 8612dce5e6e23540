package io.platformapi.service.quota.engine;

import java.util.List;
import java.util.Map;

/**
 * What a request wants of one quota.
 *
 * @param grants what may be on top of the limit, in the order in which they are drawn
 */
public record Demand(Quota quota, BalanceKey key, long amount, List<QuotaGrant> grants) {

  /** Of a quota without grants. */
  public Demand(Quota quota, BalanceKey key, long amount) {
    this(quota, key, amount, List.of());
  }

  /** Adds the balances that it is decided by, with its quota. */
  public void addBalances(Map<BalanceKey, Quota> to) {
    to.put(key, quota);
    for (QuotaGrant grant : grants) {
      to.put(grant.total(key.subject()), quota);
      to.put(grant.in(key), quota);
    }
  }
}
