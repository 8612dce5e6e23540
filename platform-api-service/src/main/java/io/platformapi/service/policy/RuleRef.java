package io.platformapi.service.policy;

import io.platformapi.service.policy.engine.DecidedBy;

/**
 * A rule, as answers name it.
 *
 * @param layer {@code platform} or {@code tenant}
 * @param rule the id of a platform's rule; of a tenant's rule the ids of policy and rule with a
 *     slash between
 */
public record RuleRef(String layer, String rule) {

  static RuleRef of(DecidedBy decidedBy) {
    return decidedBy == null ? null : new RuleRef(decidedBy.layer().text(), decidedBy.ruleId());
  }
}
