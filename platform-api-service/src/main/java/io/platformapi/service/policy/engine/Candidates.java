package io.platformapi.service.policy.engine;

import java.util.List;

/** Rules of one effect, one role and one layer that may count for a request. */
interface Candidates {

  /** Finds the first rule that counts, when it stands before the winner so far. */
  void find(Evaluation evaluation);

  /** The rules one after the other. */
  static Candidates inSequence(List<CompiledRule> rules) {
    CompiledRule[] array = rules.toArray(CompiledRule[]::new);
    return evaluation -> {
      CompiledRule winner = evaluation.winner();
      int before = winner == null ? Integer.MAX_VALUE : winner.order();
      for (CompiledRule rule : array) {
        if (rule.order() >= before || evaluation.counts(rule)) {
          return;
        }
      }
    };
  }
}
