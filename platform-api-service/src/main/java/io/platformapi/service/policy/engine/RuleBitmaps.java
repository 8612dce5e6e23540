package io.platformapi.service.policy.engine;

import io.platformapi.service.policy.condition.Attribute;
import io.platformapi.service.policy.condition.AttributeType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds rules by bitmaps: each attribute says which rules can count with its value, and only those
 * that no attribute excludes are evaluated. Costs a 64th of a step for each rule and attribute.
 */
final class RuleBitmaps implements Candidates {
  /** An attribute that fewer rules speak of costs as much as it saves. */
  private static final int WORTH_A_COLUMN = 4;

  private final CompiledRule[] rules;
  private final RuleColumn[] columns;
  private final long[] all;

  private RuleBitmaps(List<ProjectedRule> rules, List<RuleColumn> columns) {
    this.rules = rules.stream().map(ProjectedRule::rule).toArray(CompiledRule[]::new);
    this.columns = columns.toArray(RuleColumn[]::new);
    this.all = new long[RuleColumn.words(this.rules.length)];
    for (int rule = 0; rule < this.rules.length; rule++) {
      all[rule / Long.SIZE] |= 1L << rule;
    }
  }

  /**
   * @param rules in their order
   */
  static Candidates of(List<ProjectedRule> rules) {
    Map<Attribute, Integer> spokenOf = new LinkedHashMap<>();
    for (ProjectedRule rule : rules) {
      rule.projections().keySet().forEach(attribute -> spokenOf.merge(attribute, 1, Integer::sum));
    }
    List<RuleColumn> columns = new ArrayList<>();
    spokenOf.forEach(
        (attribute, count) -> {
          if (count >= WORTH_A_COLUMN && attribute.type() != AttributeType.STRING_LIST) {
            columns.add(RuleColumn.of(attribute, rules));
          }
        });
    return columns.isEmpty()
        ? Candidates.inSequence(rules.stream().map(ProjectedRule::rule).toList())
        : new RuleBitmaps(rules, columns);
  }

  @Override
  public void find(Evaluation evaluation) {
    int before = evaluation.before();
    if (rules[0].order() >= before) {
      return;
    }
    long[] left = all.clone();
    long[] scratch = new long[left.length];
    for (RuleColumn column : columns) {
      if (!column.restrict(left, scratch, evaluation)) {
        return;
      }
    }
    for (int word = 0; word < left.length; word++) {
      for (long bits = left[word]; bits != 0; bits &= bits - 1) {
        CompiledRule rule = rules[word * Long.SIZE + Long.numberOfTrailingZeros(bits)];
        if (rule.order() >= before || evaluation.counts(rule)) {
          return;
        }
      }
    }
  }
}
