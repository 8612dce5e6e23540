package io.platformapi.service.quota.balance;

import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Quota;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Balances that a transaction needs are not there: a window that has just begun, a new quota, or
 * lost rows. They are made in a transaction of their own, and the work begun anew.
 */
public final class MissingBalancesException extends RuntimeException {
  private final transient SortedMap<BalanceKey, Quota> missing;

  public MissingBalancesException(Map<BalanceKey, Quota> missing) {
    super("balances have to be made first", null, false, false);
    this.missing = new TreeMap<>(missing);
  }

  public SortedMap<BalanceKey, Quota> missing() {
    return missing;
  }
}
