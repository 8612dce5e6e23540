package io.platformapi.service.policy.engine;

import io.platformapi.service.policy.condition.AttributeSchema;
import java.util.List;

/** Finds everything that is wrong with a rule before it is stored. */
public final class RuleCheck {

  /**
   * @param schema the attributes that conditions may read
   * @param limits what a tenant's rules and role links may not speak of
   */
  public RuleCheck(AttributeSchema schema, TenantLimits limits) {}

  /** Names, syntax, known attributes, types and cost; empty when the rule is good. */
  public List<RuleProblem> check(Layer layer, Rule rule) {
    throw new UnsupportedOperationException();
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
    throw new UnsupportedOperationException();
  }
}
