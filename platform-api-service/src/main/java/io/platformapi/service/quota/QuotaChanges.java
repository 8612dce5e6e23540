package io.platformapi.service.quota;

import java.util.function.Supplier;

/** Who must know that a tenant's limits change. */
public interface QuotaChanges {

  /**
   * Runs a transaction that changes them. When it has returned, nobody goes by the old ones.
   *
   * @param transaction opens and ends its transaction itself
   */
  <T> T around(String tenantId, Supplier<T> transaction);
}
