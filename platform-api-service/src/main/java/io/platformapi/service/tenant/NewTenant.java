package io.platformapi.service.tenant;

import java.util.List;

/**
 * Body of {@code POST /v1/tenants}; what may be absent is null.
 *
 * @param id natural key, {@code [A-Za-z0-9][A-Za-z0-9._-]{0,62}}; a UUIDv7 is made when absent
 * @param name what people call it
 * @param org Logto organization id, or null
 * @param plan name of its plan, {@code free} when absent
 * @param platformId platform it belongs to, {@code default} when absent
 * @param currency ISO 4217 code of its money, {@code USD} when absent
 * @param litellmTeams LiteLLM teams whose calls it pays for
 * @param litellmOrganizations LiteLLM organizations whose calls it pays for
 * @param userProvisioning {@code off} or {@code jit}, see {@link UserProvisioning}; {@code off}
 *     when absent
 */
public record NewTenant(
    String id,
    String name,
    String org,
    String plan,
    String platformId,
    String currency,
    List<String> litellmTeams,
    List<String> litellmOrganizations,
    String userProvisioning) {}
