package io.platformapi.service.policy.engine;

/** The rule that decided; ids are unique within a layer. */
public record DecidedBy(Layer layer, String ruleId) {}
