package io.platformapi.service.policy;

import io.platformapi.service.policy.engine.Effect;
import io.platformapi.service.policy.engine.Rule;

/**
 * A rule of a policy as it travels and as it is stored.
 *
 * @param id unique within the policy
 * @param effect {@code allow} or {@code deny}
 * @param role role that the subject must have; {@code *}, also when absent, for any
 * @param resourceType a declared type or one of the platform's, or {@code *}
 * @param action action of the type, or {@code *}
 * @param condition text; empty, also when absent, for always
 * @param description for people
 */
public record RuleDefinition(
    String id,
    String effect,
    String role,
    String resourceType,
    String action,
    String condition,
    String description) {

  /** With what may be left out filled in. */
  RuleDefinition complete() {
    return new RuleDefinition(
        id,
        effect,
        role == null ? Rule.ANY : role,
        resourceType,
        action,
        condition == null ? "" : condition,
        description == null ? "" : description);
  }

  /** For the engine, under the name that decisions tell. */
  Rule compiled(String policyId) {
    return new Rule(
        RuleName.of(policyId, id),
        effect.equals(Effect.DENY.text()) ? Effect.DENY : Effect.ALLOW,
        role,
        resourceType,
        action,
        condition,
        description);
  }
}
