package io.platformapi.service.policy.engine;

import java.util.List;

/**
 * A decision with every rule that was considered.
 *
 * @param decision the same as without an explanation
 * @param rules in their order, the platform's first; rules of other types, actions and roles are
 *     not among them
 */
public record Explanation(AccessDecision decision, List<RuleOutcome> rules) {}
