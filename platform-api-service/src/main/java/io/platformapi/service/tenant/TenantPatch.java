package io.platformapi.service.tenant;

/**
 * Body of {@code PATCH /v1/tenants/{id}}: what is absent stays.
 *
 * @param plan what the tenant's limits come from
 */
public record TenantPatch(String plan) {}
