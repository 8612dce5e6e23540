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

  /** Knows nothing. */
  BalanceCopy NONE =
      new BalanceCopy() {
        @Override
        public Map<BalanceKey, Balance> read(String tenantId, List<BalanceKey> keys) {
          return Map.of();
        }

        @Override
        public void write(String tenantId, Collection<Balance> balances) {}
      };

  /** What it knows of these, in one round trip. */
  Map<BalanceKey, Balance> read(String tenantId, List<BalanceKey> keys);

  /**
   * Balances that were asked for lately and are nearly forgotten, by tenant, each told once: who
   * writes them again in time saves others from asking the truth.
   */
  default Map<String, List<BalanceKey>> aging() {
    return Map.of();
  }

  /** What has changed of a tenant's since; empty when that cannot be told. */
  default Optional<CopyChanges> since(String tenantId, CopyChanges.Place place) {
    return Optional.empty();
  }

  /**
   * Told after each commit, before the answer is given, and after a read of the truth; keeps what
   * is of no lower version than what it knows. Of a rolling window {@code used} is the sum.
   */
  void write(String tenantId, Collection<Balance> balances);
}
