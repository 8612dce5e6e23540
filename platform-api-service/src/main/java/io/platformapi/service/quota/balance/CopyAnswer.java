package io.platformapi.service.quota.balance;

import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import java.util.Map;
import java.util.Set;

/**
 * What a copy knows of balances.
 *
 * @param passing those that are to be believed for a short time only
 * @param seen of the copy before anything else was read: {@link BalanceCopy#seen}
 */
public record CopyAnswer(Map<BalanceKey, Balance> balances, Set<BalanceKey> passing, String seen) {

  /** Of a copy that knows nothing and keeps nothing. */
  public static final CopyAnswer NOTHING = new CopyAnswer(Map.of(), Set.of(), BalanceCopy.NOT_SEEN);
}
