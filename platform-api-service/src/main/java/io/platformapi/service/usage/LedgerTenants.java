package io.platformapi.service.usage;

/** Looks up what the ledger needs to know about a tenant; asked for every batch and answer. */
@FunctionalInterface
public interface LedgerTenants {

  /**
   * @throws io.platformapi.service.persistence.UnknownDatabaseException when there is no such
   *     tenant
   * @throws io.platformapi.service.persistence.DatabaseUnavailableException when the answer cannot
   *     be known now
   */
  LedgerTenant get(String tenantId);
}
