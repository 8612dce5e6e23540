package io.platformapi.service.quota.balance;

import io.platformapi.service.quota.engine.QuotaBook;

/** The quotas of all tenants, in memory. */
public interface QuotaBooks {

  /**
   * A tenant's quotas as they were not long ago; while its database is away as they were last.
   *
   * @throws io.platformapi.service.persistence.DatabaseUnavailableException when they are not known
   */
  QuotaBook get(String tenantId);

  /** The same, after somebody has seen that their version is another than what is in memory. */
  QuotaBook ofVersion(String tenantId, long version);
}
