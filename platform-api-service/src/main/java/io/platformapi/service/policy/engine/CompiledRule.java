package io.platformapi.service.policy.engine;

import io.platformapi.service.policy.condition.Condition;
import io.platformapi.service.policy.condition.Truth;
import java.util.List;

/** A rule ready to be evaluated, with the decisions it makes. */
final class CompiledRule {
  private final Layer layer;
  private final int order;
  private final Rule rule;
  private final Condition condition;
  private final boolean broken;
  private final AccessDecision certain;
  private final AccessDecision uncertain;

  CompiledRule(
      Layer layer,
      int order,
      Rule rule,
      Condition condition,
      boolean broken,
      PolicyVersion version) {
    this.layer = layer;
    this.order = order;
    this.rule = rule;
    this.condition = condition;
    this.broken = broken;
    // Made once: most decisions then cost no allocation.
    DecidedBy by = new DecidedBy(layer, rule.id());
    boolean allow = rule.effect() == Effect.ALLOW;
    this.certain =
        new AccessDecision(
            allow,
            by,
            allow ? DecisionReason.ALLOWED_BY_RULE : DecisionReason.DENIED_BY_RULE,
            List.of(),
            version);
    this.uncertain =
        new AccessDecision(false, by, DecisionReason.DENIED_BY_UNCERTAIN_RULE, List.of(), version);
  }

  Layer layer() {
    return layer;
  }

  /** Place among all rules, the platform's first. */
  int order() {
    return order;
  }

  Rule rule() {
    return rule;
  }

  Condition condition() {
    return condition;
  }

  /** Whether the stored rule could not be read. */
  boolean broken() {
    return broken;
  }

  boolean allows() {
    return rule.effect() == Effect.ALLOW;
  }

  /** Whether the rule has its effect: an allow rule only when true, a deny rule unless false. */
  boolean counts(Truth truth) {
    return allows() ? truth == Truth.TRUE : truth != Truth.FALSE;
  }

  /** The decision when this rule decides. */
  AccessDecision decision(Truth truth) {
    return truth == Truth.TRUE ? certain : uncertain;
  }
}
