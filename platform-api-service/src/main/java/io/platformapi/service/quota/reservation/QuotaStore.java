package io.platformapi.service.quota.reservation;

import java.util.function.Function;

/** The tenants' balances and reservations. */
public interface QuotaStore {

  /**
   * Runs work in one transaction: committed when it returns, rolled back when it throws.
   *
   * @throws ContendedException when it was rolled back because of others and may be begun anew
   * @throws io.platformapi.service.persistence.DatabaseUnavailableException when the database is
   *     away; whether the work was committed is then not known
   */
  <T> T transaction(String tenantId, Function<QuotaTransaction, T> work);
}
