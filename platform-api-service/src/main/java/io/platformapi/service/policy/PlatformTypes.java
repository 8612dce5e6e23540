package io.platformapi.service.policy;

import io.platformapi.service.auth.Permission;
import io.platformapi.service.policy.engine.TenantLimits;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The resource types of this service and their actions, as its scopes name them: {@code
 * quotas:read} is the action {@code read} on the type {@code quotas}.
 */
final class PlatformTypes {
  /** Of all types that belong to a tenant: a tenant's rules may speak of them. */
  static final Map<String, Set<String>> OF_TENANTS = actions(Permission::tenantScoped);

  /** Types of the platform itself, which no tenant's rule reaches. */
  static final TenantLimits LIMITS =
      new TenantLimits(actions(permission -> !permission.tenantScoped()).keySet(), Set.of());

  private PlatformTypes() {}

  /** Whether a type of this name is the platform's to define. */
  static boolean reserved(String type) {
    return OF_TENANTS.containsKey(type) || LIMITS.platformTypes().contains(type);
  }

  private static Map<String, Set<String>> actions(Predicate<Permission> which) {
    Map<String, Set<String>> actions = new TreeMap<>();
    Arrays.stream(Permission.values())
        .filter(permission -> permission.scope() != null)
        .filter(which)
        .map(permission -> permission.scope().split(":", 2))
        .forEach(scope -> actions.computeIfAbsent(scope[0], type -> new TreeSet<>()).add(scope[1]));
    return actions;
  }
}
