package io.platformapi.service.policy.engine;

import java.util.List;

/**
 * All policy of one layer, as stored.
 *
 * @param version version of the layer, raised by every change
 * @param rules in any order; among matching rules the first one is named in a decision
 * @param roles which role inherits which
 */
public record PolicySet(long version, List<Rule> rules, List<RoleInheritance> roles) {
  /** No rule, no role. */
  public static final PolicySet EMPTY = new PolicySet(0, List.of(), List.of());

  public PolicySet {
    rules = List.copyOf(rules);
    roles = List.copyOf(roles);
  }
}
