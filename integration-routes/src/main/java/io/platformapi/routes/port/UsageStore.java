package io.platformapi.routes.port;

import io.platformapi.routes.message.StoreResult;
import io.platformapi.routes.message.UsageBatch;

/** Posts usage into a tenant's ledger. */
public interface UsageStore {

  /**
   * Stores a batch in one transaction of the tenant's database: all of it or nothing. Storing an
   * event again has no effect; it is counted as a duplicate.
   *
   * @throws RejectedByStoreException when some record of the batch can never be stored (SQLState
   *     class 22 or 23)
   * @throws TenantUnavailableException when this tenant's database is down and others are not
   * @throws StoreUnavailableException when nothing can be stored now
   */
  StoreResult store(String tenantId, UsageBatch batch);
}
