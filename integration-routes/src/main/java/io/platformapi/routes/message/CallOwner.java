package io.platformapi.routes.message;

/**
 * What a call says about who pays for it: only fields that LiteLLM fills from the API key, never
 * what the caller wrote.
 *
 * @param teamId {@code metadata.user_api_key_team_id}, or null
 * @param organizationId {@code metadata.user_api_key_org_id}, or null
 * @param authTenantId {@code metadata.user_api_key_auth_metadata.tenant_id}, or null
 */
public record CallOwner(String teamId, String organizationId, String authTenantId) {}
