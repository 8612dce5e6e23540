package io.platformapi.service.policy.engine;

import io.platformapi.service.policy.condition.AttributeSchema;
import java.util.List;
import java.util.Set;

/** Finds everything that is wrong with a rule before it is stored. */
public final class RuleCheck {

  /**
   * @param schema the attributes that conditions may read
   * @param platformTypes resource types that only the platform's rules may speak of
   */
  public RuleCheck(AttributeSchema schema, Set<String> platformTypes) {}

  /** Names, syntax, known attributes, types and cost; empty when the rule is good. */
  public List<RuleProblem> check(Layer layer, Rule rule) {
    throw new UnsupportedOperationException();
  }

  /** Names, circles and chains that are too long; empty when the links are good. */
  public List<RuleProblem> checkRoles(List<RoleInheritance> roles) {
    throw new UnsupportedOperationException();
  }
}
