package io.platformapi.service.policy.condition;

import java.util.List;

/** A condition that cannot be used; says everything that is wrong with it. */
public final class InvalidConditionException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient List<ConditionProblem> problems;

  InvalidConditionException(List<ConditionProblem> problems) {
    super("the condition is not valid");
    this.problems = List.copyOf(problems);
  }

  /** In the order of their positions. */
  public List<ConditionProblem> problems() {
    return problems;
  }
}
