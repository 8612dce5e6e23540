package io.platformapi.service.policy.engine;

import java.util.Set;

/**
 * What a tenant's policy has no say in.
 *
 * @param platformTypes resource types that only the platform's rules speak of
 * @param platformRoles roles that a tenant's links neither give nor take, such as one of the
 *     platform's operators; whoever assigns roles must refuse them too
 */
public record TenantLimits(Set<String> platformTypes, Set<String> platformRoles) {
  public TenantLimits {
    platformTypes = Set.copyOf(platformTypes);
    platformRoles = Set.copyOf(platformRoles);
  }
}
