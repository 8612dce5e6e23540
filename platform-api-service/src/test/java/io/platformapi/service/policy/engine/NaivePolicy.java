package io.platformapi.service.policy.engine;

import io.platformapi.service.policy.condition.AttributeType;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Decides by going through every rule; shares nothing with the product but the rules. */
final class NaivePolicy {
  private final PolicySet platform;
  private final PolicySet tenantPolicy;
  private final String tenant;
  private final TenantLimits limits;
  private final Map<String, AttributeType> types;

  NaivePolicy(
      PolicySet platform,
      String tenant,
      PolicySet tenantPolicy,
      TenantLimits limits,
      Map<String, AttributeType> types) {
    this.platform = platform;
    this.tenantPolicy = tenantPolicy;
    this.tenant = tenant;
    this.limits = limits;
    this.types = types;
  }

  /** {@code allow} or {@code deny}, and the rule that decided. */
  String decide(GeneratedRequest request) {
    String deny = first(request, Effect.DENY);
    if (deny != null) {
      return "deny by " + deny;
    }
    String allow = first(request, Effect.ALLOW);
    return allow == null ? "deny by none" : "allow by " + allow;
  }

  private String first(GeneratedRequest request, Effect effect) {
    Set<String> roles = roles(request.roles());
    String found = first("platform", platform.rules(), roles, request, effect);
    if (found == null
        && tenant.equals(request.resourceTenant())
        && !limits.platformTypes().contains(request.resourceType())) {
      found = first("tenant", tenantPolicy.rules(), roles, request, effect);
    }
    return found;
  }

  private String first(
      String layer, List<Rule> rules, Set<String> roles, GeneratedRequest request, Effect effect) {
    for (Rule rule : rules) {
      boolean fits =
          rule.effect() == effect
              && (rule.role().equals("*") || roles.contains(rule.role()))
              && (rule.resourceType().equals("*")
                  || rule.resourceType().equals(request.resourceType()))
              && (rule.action().equals("*") || rule.action().equals(request.action()));
      if (fits) {
        Boolean truth = NaiveInterpreter.evaluate(rule.condition(), request.values(), types);
        if (effect == Effect.ALLOW ? truth == Boolean.TRUE : truth != Boolean.FALSE) {
          return layer + " " + rule.id();
        }
      }
    }
    return null;
  }

  private Set<String> roles(Set<String> assigned) {
    Set<String> roles = new HashSet<>(assigned);
    boolean more = true;
    while (more) {
      more = false;
      for (RoleInheritance link : platform.roles()) {
        more |= roles.contains(link.role()) && roles.add(link.inherits());
      }
      for (RoleInheritance link : tenantPolicy.roles()) {
        if (!limits.platformRoles().contains(link.role())
            && !limits.platformRoles().contains(link.inherits())) {
          more |= roles.contains(link.role()) && roles.add(link.inherits());
        }
      }
    }
    return roles;
  }
}
