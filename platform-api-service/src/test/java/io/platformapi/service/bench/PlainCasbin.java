package io.platformapi.service.bench;

import io.platformapi.service.policy.engine.AccessRequest;
import io.platformapi.service.policy.engine.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.casbin.jcasbin.main.Enforcer;
import org.casbin.jcasbin.model.Model;

/**
 * The same policy as a user of jCasbin would write it: its documented ABAC model with {@code
 * eval(p.rule)}, stock {@link Enforcer}, no cache, conditions as Aviator reads them. The cheap
 * tests stand first in the matcher.
 */
final class PlainCasbin {
  private static final String MODEL =
      """
      [request_definition]
      r = sub, obj, act

      [policy_definition]
      p = role, type, act, rule, eft

      [role_definition]
      g = _, _

      [policy_effect]
      e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

      [matchers]
      m = r.obj.type == p.type && r.act == p.act && g(r.sub.id, p.role) && eval(p.rule)
      """;

  private final Enforcer enforcer;

  PlainCasbin(AbacPolicies policies) {
    Model model = Model.newModelFromString(MODEL);
    for (Rule rule : policies.rules()) {
      model.addPolicy(
          "p",
          "p",
          List.of(
              rule.role(),
              rule.resourceType(),
              rule.action(),
              rule.condition().replace("subject.", "r.sub.").replace("resource.", "r.obj."),
              rule.effect().text()));
    }
    policies
        .roles()
        .forEach(link -> model.addPolicy("g", "g", List.of(link.role(), link.inherits())));
    Set<List<String>> assigned = new HashSet<>();
    for (AccessRequest request : policies.requests()) {
      for (String role : request.subject().roles()) {
        assigned.add(List.of(request.subject().id(), role));
      }
    }
    assigned.forEach(link -> model.addPolicy("g", "g", new ArrayList<>(link)));
    enforcer = new Enforcer(model, null, false);
    enforcer.buildRoleLinks();
  }

  boolean allows(Request request) {
    return enforcer.enforce(request.subject, request.resource, request.action);
  }

  /** A request the way a user of jCasbin hands it over. */
  record Request(Map<String, Object> subject, Map<String, Object> resource, String action) {

    static Request of(AccessRequest request) {
      Map<String, Object> subject = new HashMap<>(request.subject().attributes());
      subject.put("id", request.subject().id());
      Map<String, Object> resource = new HashMap<>(request.resource().attributes());
      resource.put("type", request.resource().type());
      return new Request(subject, resource, request.action());
    }
  }
}
