package io.platformapi.service.policy.engine;

import io.platformapi.service.policy.condition.Condition;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.casbin.jcasbin.model.Model;
import org.casbin.jcasbin.rbac.DomainManager;
import org.casbin.jcasbin.rbac.RoleManager;

/**
 * The policy as jCasbin has it: its model, its policy lines and its roles. A plain {@code Enforcer}
 * on this model decides as the snapshot does, only slower; a test holds them together.
 */
final class CasbinModel {
  private static final String POLICY = "p";
  private static final String GROUPING = "g";

  /** As deep as jCasbin's own enforcers follow roles. */
  private static final int MAX_HIERARCHY = 10;

  private static final String DEFINITION =
      """
      [request_definition]
      r = subject, resource, action, env

      [policy_definition]
      p = layer, id, role, type, action, condition, eft

      [role_definition]
      g = _, _

      [policy_effect]
      e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

      [matchers]
      m = (p.type == '*' || p.type == r.resource.type) \
      && (p.action == '*' || p.action == r.action) \
      && (p.role == '*' || g(r.subject.key, p.role)) \
      && (p.layer == 'platform' || r.resource.tenantRules) \
      && eval(p.condition)
      """;

  private final Model model = Model.newModelFromString(DEFINITION);
  private final RoleManager roles = new DomainManager(MAX_HIERARCHY);

  /** One rule, with its condition in the two-valued form that fits its effect. */
  void add(Layer layer, Rule rule, Condition condition) {
    boolean allow = rule.effect() == Effect.ALLOW;
    model.addPolicy(
        POLICY,
        POLICY,
        List.of(
            layer.text(),
            rule.id(),
            rule.role(),
            rule.resourceType(),
            rule.action(),
            allow ? condition.aviatorWhenTrue() : condition.aviatorUnlessFalse(),
            rule.effect().text()));
  }

  void add(RoleInheritance link) {
    model.addPolicy(GROUPING, GROUPING, List.of(link.role(), link.inherits()));
  }

  Model model() {
    return model;
  }

  /** Each of the roles with all that it inherits, itself included. */
  Map<String, Set<String>> inherited(Set<String> named) {
    model.buildRoleLinks(Map.of(GROUPING, roles));
    Set<String> known = new HashSet<>(named);
    model.getPolicy(GROUPING, GROUPING).forEach(known::addAll);
    Map<String, Set<String>> inherited = new HashMap<>();
    known.forEach(role -> inherited.put(role, closure(role)));
    return inherited;
  }

  private Set<String> closure(String role) {
    Set<String> closure = new HashSet<>(Set.of(role));
    Deque<String> next = new ArrayDeque<>(closure);
    while (!next.isEmpty()) {
      for (String inherited : roles.getRoles(next.remove())) {
        if (closure.add(inherited)) {
          next.add(inherited);
        }
      }
    }
    return closure;
  }
}
