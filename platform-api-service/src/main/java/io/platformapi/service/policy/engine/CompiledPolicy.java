package io.platformapi.service.policy.engine;

import io.platformapi.service.policy.condition.AttributeSchema;
import io.platformapi.service.policy.condition.Condition;
import io.platformapi.service.policy.condition.InvalidConditionException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Rules of both layers with their conditions compiled, and the roles that jCasbin made of their
 * links.
 *
 * @param rules in their order, the platform's first
 * @param roles who has which role
 * @param tenant tenant whose resources the tenant's rules are about, or null
 * @param limits what the tenant's rules are not about
 * @param version of both layers
 * @param problems of rules that cannot be read
 */
record CompiledPolicy(
    List<CompiledRule> rules,
    RoleMask roles,
    String tenant,
    TenantLimits limits,
    PolicyVersion version,
    Map<DecidedBy, List<RuleProblem>> problems) {

  static CompiledPolicy of(
      Function<String, AttributeSchema> schemas,
      TenantLimits limits,
      PolicySet platform,
      String tenant,
      PolicySet tenantPolicy) {
    Builder builder =
        new Builder(schemas, new PolicyVersion(platform.version(), tenantPolicy.version()));
    platform.rules().forEach(rule -> builder.add(Layer.PLATFORM, rule));
    tenantPolicy.rules().forEach(rule -> builder.add(Layer.TENANT, rule));
    platform.roles().forEach(builder.model::add);
    tenantPolicy.roles().stream()
        .filter(link -> !limits.platformRoles().contains(link.role()))
        .filter(link -> !limits.platformRoles().contains(link.inherits()))
        .forEach(builder.model::add);
    return new CompiledPolicy(
        List.copyOf(builder.rules),
        builder.roles(),
        tenant,
        limits,
        builder.version,
        Map.copyOf(builder.problems));
  }

  /** Whether the tenant's rules are asked about a resource. */
  boolean tenantRulesCount(AccessResource resource) {
    return tenant != null
        && tenant.equals(resource.tenant())
        && !limits.platformTypes().contains(resource.type());
  }

  List<CompiledRule> rules(Layer layer) {
    return rules.stream().filter(rule -> rule.layer() == layer).toList();
  }

  private static final class Builder {
    private final Function<String, AttributeSchema> schemas;
    private final PolicyVersion version;
    private final CasbinModel model = new CasbinModel();
    private final List<CompiledRule> rules = new ArrayList<>();
    private final Map<DecidedBy, List<RuleProblem>> problems = new HashMap<>();

    Builder(Function<String, AttributeSchema> schemas, PolicyVersion version) {
      this.schemas = schemas;
      this.version = version;
    }

    void add(Layer layer, Rule rule) {
      Condition condition = null;
      try {
        condition = Condition.of(rule.condition(), schemas.apply(rule.resourceType()));
      } catch (InvalidConditionException e) {
        problems.put(new DecidedBy(layer, rule.id()), RuleProblem.of(e));
      }
      boolean broken = condition == null;
      Condition usable = broken ? Condition.unknown() : condition;
      rules.add(new CompiledRule(layer, rules.size(), rule, usable, broken, version));
      model.add(layer, rule, usable);
    }

    RoleMask roles() {
      Set<String> named = new HashSet<>();
      rules.forEach(rule -> named.add(rule.rule().role()));
      named.remove(Rule.ANY);
      return new RoleMask(named, model.inherited(named));
    }
  }
}
