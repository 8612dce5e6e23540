package io.platformapi.service.persistence;

import org.hibernate.context.spi.CurrentTenantIdentifierResolver;

/** The tenant of this thread's unit of work; null outside of one. */
public final class CurrentTenant implements CurrentTenantIdentifierResolver<String> {
  private final ThreadLocal<String> tenant = new ThreadLocal<>();

  void set(String tenantId) {
    tenant.set(tenantId);
  }

  void clear() {
    tenant.remove();
  }

  @Override
  public String resolveCurrentTenantIdentifier() {
    return tenant.get();
  }

  @Override
  public boolean validateExistingCurrentSessions() {
    return false;
  }
}
