package io.platformapi.service.policy.engine;

import io.platformapi.service.policy.condition.AttributeSchema;
import io.platformapi.service.policy.condition.Condition;
import io.platformapi.service.policy.condition.InvalidConditionException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Finds everything that is wrong with a rule before it is stored. */
public final class RuleCheck {
  private static final int MAX_DESCRIPTION = 1_000;
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.:/-]{0,99}");
  private static final String NAME_EXPECTED =
      "must begin with a letter and have letters, digits and _ . : / - only, at most 100";

  private final AttributeSchema schema;
  private final TenantLimits limits;

  /**
   * @param schema the attributes that conditions may read
   * @param limits what a tenant's rules and role links may not speak of
   */
  public RuleCheck(AttributeSchema schema, TenantLimits limits) {
    this.schema = schema;
    this.limits = limits;
  }

  /** Names, syntax, known attributes, types and cost; empty when the rule is good. */
  public List<RuleProblem> check(Layer layer, Rule rule) {
    List<RuleProblem> problems = new ArrayList<>();
    if (rule.effect() == null) {
      problems.add(RuleProblem.of("effect", "must be allow or deny"));
    }
    nameOrAny("role", rule.role(), problems);
    nameOrAny("resourceType", rule.resourceType(), problems);
    nameOrAny("action", rule.action(), problems);
    if (layer == Layer.TENANT && limits.platformTypes().contains(rule.resourceType())) {
      problems.add(RuleProblem.of("resourceType", "only the platform has rules about it"));
    }
    if (rule.description().length() > MAX_DESCRIPTION) {
      problems.add(
          RuleProblem.of("description", "must have at most " + MAX_DESCRIPTION + " characters"));
    }
    try {
      Condition.of(rule.condition(), schema);
    } catch (InvalidConditionException e) {
      problems.addAll(RuleProblem.of(e));
    }
    return problems;
  }

  /**
   * Names, circles and chains that are too long; empty when the links are good.
   *
   * @param layer whose links
   * @param links all links of the layer, as they shall be
   * @param others the links of the other layer: circles and chains may go through both
   */
  public List<RuleProblem> checkRoles(
      Layer layer, List<RoleInheritance> links, List<RoleInheritance> others) {
    List<RuleProblem> problems = new ArrayList<>();
    for (RoleInheritance link : links) {
      name("role", link.role(), problems);
      name("inherits", link.inherits(), problems);
      if (layer == Layer.TENANT && limits.platformRoles().contains(link.role())) {
        problems.add(RuleProblem.of("role", "is the platform's"));
      }
      if (layer == Layer.TENANT && limits.platformRoles().contains(link.inherits())) {
        problems.add(RuleProblem.of("inherits", "is the platform's"));
      }
    }
    if (problems.isEmpty()) {
      List<RoleInheritance> all = new ArrayList<>(links);
      all.addAll(others);
      RoleChains.problem(all).ifPresent(problem -> problems.add(RuleProblem.of("roles", problem)));
    }
    return problems;
  }

  private static void nameOrAny(String field, String name, List<RuleProblem> problems) {
    if (!Rule.ANY.equals(name)) {
      name(field, name, problems);
    }
  }

  private static void name(String field, String name, List<RuleProblem> problems) {
    if (name == null || !NAME.matcher(name).matches()) {
      problems.add(RuleProblem.of(field, NAME_EXPECTED));
    }
  }
}
