package io.platformapi.service.policy.engine;

import io.platformapi.service.policy.condition.InvalidConditionException;
import java.util.List;

/**
 * Why a rule or a role link cannot be written.
 *
 * @param field name of the field, such as {@code condition}
 * @param position index of the offending character in the field, from 0, or -1 when it has none
 * @param message what is expected
 */
public record RuleProblem(String field, int position, String message) {
  static RuleProblem of(String field, String message) {
    return new RuleProblem(field, -1, message);
  }

  static List<RuleProblem> of(InvalidConditionException invalid) {
    return invalid.problems().stream()
        .map(problem -> new RuleProblem("condition", problem.position(), problem.message()))
        .toList();
  }
}
