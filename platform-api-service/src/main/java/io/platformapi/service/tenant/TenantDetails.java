package io.platformapi.service.tenant;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * A tenant as the API shows it.
 *
 * @param version number of its ETag
 */
public record TenantDetails(
    String id,
    String name,
    String org,
    String plan,
    String platformId,
    String currency,
    List<String> litellmTeams,
    List<String> litellmOrganizations,
    UserProvisioning userProvisioning,
    TenantState state,
    Instant createdAt,
    Instant updatedAt,
    long version) {

  TenantDetails become(TenantState next, Instant now) {
    return new TenantDetails(
        id,
        name,
        org,
        plan,
        platformId,
        currency,
        litellmTeams,
        litellmOrganizations,
        userProvisioning,
        next,
        createdAt,
        now.truncatedTo(ChronoUnit.MICROS),
        version + 1);
  }
}
