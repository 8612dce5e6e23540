package io.platformapi.service.quota.balance;

import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A fast copy of balances for those who only ask: each an earlier committed state, or missing. Its
 * failures are its own: they are counted, never thrown.
 */
public interface BalanceCopy {
  /** Nothing was seen of a copy: what is read then is not kept. */
  String NOT_SEEN = "";

  /** Knows nothing. */
  BalanceCopy NONE =
      new BalanceCopy() {
        @Override
        public CopyAnswer read(String tenantId, List<BalanceKey> keys) {
          return CopyAnswer.NOTHING;
        }

        @Override
        public void tell(String tenantId, Collection<Balance> balances) {}

        @Override
        public void fill(String tenantId, Collection<Copied> balances, String seen) {}
      };

  /** What it knows of these, in one round trip. */
  CopyAnswer read(String tenantId, List<BalanceKey> keys);

  /**
   * Told after each commit; keeps what is of no lower version than what it knows, and believes what
   * it believed. Of a rolling window {@code used} is the sum.
   */
  void tell(String tenantId, Collection<Balance> balances);

  /**
   * Given what was read of the truth. What it does not know it believes from now on, if the
   * database has told it nothing since it was seen: what was read may be older than that.
   *
   * @param seen before the truth was read
   */
  void fill(String tenantId, Collection<Copied> balances, String seen);

  /** What there is to be seen of it now: changes whenever the database tells it something. */
  default String seen(String tenantId) {
    return NOT_SEEN;
  }

  /**
   * Balances that were asked for lately and are nearly forgotten, by tenant, each told once: who
   * reads them again in time saves others from asking the truth.
   */
  default Map<String, List<BalanceKey>> aging() {
    return Map.of();
  }

  /** What has changed of a tenant's since; empty when that cannot be told. */
  default Optional<CopyChanges> since(String tenantId, CopyChanges.Place place) {
    return Optional.empty();
  }
}
