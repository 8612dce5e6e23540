package io.platformapi.service.quota;

/** The tenants' plans. */
@FunctionalInterface
interface Plans {

  /**
   * The present plan of a tenant, from where it is defined.
   *
   * @throws io.platformapi.service.persistence.UnknownDatabaseException when there is no such
   *     tenant
   */
  Plan of(String tenantId);
}
