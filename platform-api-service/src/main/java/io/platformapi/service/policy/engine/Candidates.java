package io.platformapi.service.policy.engine;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Rules of one effect, one role and one layer that may count for a request. */
interface Candidates {
  /** Fewer rules are evaluated as fast as they are looked up. */
  int WORTH_LOOKING_UP = 16;

  /** Finds the first rule that counts, when it stands before the winner so far. */
  void find(Evaluation evaluation);

  /**
   * The quickest way through rules.
   *
   * @param rules in their order, all of one effect
   */
  static Candidates of(List<CompiledRule> rules) {
    Set<String> conditions = new HashSet<>();
    // Of rules with the same condition the first one decides, or none.
    List<CompiledRule> different =
        rules.stream()
            .filter(rule -> rule.broken() || conditions.add(rule.rule().condition()))
            .toList();
    return different.size() < WORTH_LOOKING_UP
        ? inSequence(different)
        : KeyedRules.of(different.stream().map(ProjectedRule::of).toList());
  }

  /** The rules one after the other. */
  static Candidates inSequence(List<CompiledRule> rules) {
    CompiledRule[] array = rules.toArray(CompiledRule[]::new);
    return evaluation -> {
      int before = evaluation.before();
      for (CompiledRule rule : array) {
        if (rule.order() >= before || evaluation.counts(rule)) {
          return;
        }
      }
    };
  }
}
