package io.platformapi.service.policy.engine;

import io.platformapi.service.policy.condition.Truth;
import java.util.List;

/**
 * How one rule came out; its type, action and role fit the request.
 *
 * @param layer whose rule
 * @param rule the rule
 * @param result of its condition
 * @param matched whether it counts: an allow rule only when true, a deny rule unless false
 * @param failed parts of the condition that are not true; empty when the result is true
 */
public record RuleOutcome(
    Layer layer, Rule rule, Truth result, boolean matched, List<FailedTest> failed) {}
