package io.platformapi.service.policy.engine;

import io.platformapi.service.policy.condition.Attribute;
import io.platformapi.service.policy.condition.Projection;
import java.util.Map;

/**
 * A rule with the values of single attributes that it can count with.
 *
 * @param projections of the attributes that its condition compares with constants
 */
record ProjectedRule(CompiledRule rule, Map<Attribute, Projection> projections) {

  static ProjectedRule of(CompiledRule rule) {
    return new ProjectedRule(
        rule,
        rule.allows()
            ? rule.condition().projectionsWhenTrue()
            : rule.condition().projectionsUnlessFalse());
  }
}
