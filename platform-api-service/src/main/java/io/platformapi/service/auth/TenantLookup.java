package io.platformapi.service.auth;

import java.util.Optional;

/** Finds the tenant of a request; asked on every request, so it answers from memory. */
public interface TenantLookup {

  Optional<TenantView> byId(String tenantId);

  /** The tenant that a Logto organization belongs to. */
  Optional<TenantView> byOrganization(String organizationId);
}
