package io.platformapi.service.policy;

import io.platformapi.service.auth.Permission;
import io.platformapi.service.policy.condition.AttributeType;
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
  /** Its resources have the attributes that the tenant declares of subjects, too. */
  static final String USERS = "users";

  /** Of all types that belong to a tenant: a tenant's rules may speak of them. */
  static final Map<String, Set<String>> OF_TENANTS = actions(Permission::tenantScoped);

  /** Types of the platform itself, which no tenant's rule reaches. */
  static final TenantLimits LIMITS =
      new TenantLimits(actions(permission -> !permission.tenantScoped()).keySet(), Set.of());

  /** What rules may read of resources, by type, beside {@code resource.id|type|tenant}. */
  private static final Map<String, Map<String, AttributeType>> ATTRIBUTES =
      Map.of(
          USERS,
          Map.of(
              "subject", AttributeType.STRING,
              "email", AttributeType.STRING,
              "status", AttributeType.STRING,
              "roles", AttributeType.STRING_LIST),
          "apikeys",
          Map.of(
              "name", AttributeType.STRING,
              "createdBy", AttributeType.STRING,
              "scopes", AttributeType.STRING_LIST),
          "policies",
          Map.of("kind", AttributeType.STRING),
          "tenants",
          Map.of("plan", AttributeType.STRING, "state", AttributeType.STRING));

  private PlatformTypes() {}

  /** Attributes of a type; none when its endpoints are about no single resource. */
  static Map<String, AttributeType> attributes(String type) {
    return ATTRIBUTES.getOrDefault(type, Map.of());
  }

  /** All types of this service. */
  static Set<String> all() {
    Set<String> all = new TreeSet<>(OF_TENANTS.keySet());
    all.addAll(LIMITS.platformTypes());
    return all;
  }

  /** Whether a type of this name is the platform's to define. */
  static boolean reserved(String type) {
    return OF_TENANTS.containsKey(type) || LIMITS.platformTypes().contains(type);
  }

  private static Map<String, Set<String>> actions(Predicate<Permission> which) {
    Map<String, Set<String>> actions = new TreeMap<>();
    Arrays.stream(Permission.values())
        .filter(permission -> permission.scope() != null)
        .filter(which)
        .forEach(
            permission ->
                actions
                    .computeIfAbsent(permission.resourceType(), type -> new TreeSet<>())
                    .add(permission.action()));
    return actions;
  }
}
