package io.platformapi.service.policy;

import io.platformapi.service.policy.condition.Truth;
import io.platformapi.service.policy.engine.Explanation;
import io.platformapi.service.policy.engine.FailedTest;
import io.platformapi.service.policy.engine.RuleOutcome;
import java.util.List;
import java.util.Locale;

/**
 * A decision and how it came about.
 *
 * @param rules every rule whose type, action and role fit, the platform's first
 * @param ignored paths that the question has and the tenant's schema does not declare
 */
public record ExplainAnswer(CheckAnswer decision, List<RuleAnswer> rules, List<String> ignored) {

  static ExplainAnswer of(Explanation explanation, List<String> ignored) {
    return new ExplainAnswer(
        CheckAnswer.of(explanation.decision()),
        explanation.rules().stream().map(RuleAnswer::of).toList(),
        ignored);
  }

  /**
   * How one rule came out.
   *
   * @param result of its condition: {@code true}, {@code false} or {@code unknown}
   * @param matched whether it counts: an allow rule only when true, a deny rule unless false
   * @param failed parts of the condition that are not true
   */
  public record RuleAnswer(
      RuleRef rule,
      String effect,
      String role,
      String resourceType,
      String action,
      String condition,
      String result,
      boolean matched,
      List<Test> failed) {
    static RuleAnswer of(RuleOutcome outcome) {
      return new RuleAnswer(
          new RuleRef(outcome.layer().text(), outcome.rule().id()),
          outcome.rule().effect().text(),
          outcome.rule().role(),
          outcome.rule().resourceType(),
          outcome.rule().action(),
          outcome.rule().condition(),
          text(outcome.result()),
          outcome.matched(),
          outcome.failed().stream().map(Test::of).toList());
    }
  }

  /**
   * A part of a condition that is not true.
   *
   * @param attribute path that it reads first, or null
   */
  public record Test(String test, String attribute, String result) {
    static Test of(FailedTest failed) {
      return new Test(failed.test(), failed.attribute(), text(failed.result()));
    }
  }

  private static String text(Truth truth) {
    return truth.name().toLowerCase(Locale.ROOT);
  }
}
