package io.platformapi.service.policy.condition;

/** The text cannot be read as a condition. */
final class ConditionSyntaxException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int position;

  ConditionSyntaxException(int position, String message) {
    super(message);
    this.position = position;
  }

  ConditionProblem problem() {
    return new ConditionProblem(position, getMessage());
  }
}
