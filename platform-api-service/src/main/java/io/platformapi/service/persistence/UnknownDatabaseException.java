package io.platformapi.service.persistence;

/** No usable database is registered for a tenant. */
public final class UnknownDatabaseException extends RuntimeException {
  public UnknownDatabaseException(String tenantId) {
    super("no database for tenant " + tenantId);
  }
}
