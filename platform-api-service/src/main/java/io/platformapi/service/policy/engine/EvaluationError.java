package io.platformapi.service.policy.engine;

/**
 * What went wrong while a rule was evaluated; never has a value of an attribute.
 *
 * @param layer layer of the rule that met it first
 * @param ruleId rule that met it first
 * @param attribute path of the attribute, or null when the rule itself cannot be read
 * @param message what is wrong
 */
public record EvaluationError(Layer layer, String ruleId, String attribute, String message) {}
