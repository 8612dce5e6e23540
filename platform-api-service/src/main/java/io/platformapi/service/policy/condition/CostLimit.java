package io.platformapi.service.policy.condition;

import java.util.List;
import java.util.Optional;

/** Bounds what one condition may cost to store and to evaluate. */
final class CostLimit {
  /** Characters of the text. */
  static final int MAX_LENGTH = 4_000;

  /** Tests, their operands, the elements of lists, and what joins them. */
  static final int MAX_PARTS = 200;

  /** What looking for a text within another one costs above a comparison, in parts. */
  private static final int SEARCH = 10;

  private CostLimit() {}

  static Optional<ConditionProblem> ofText(String text) {
    return text.length() <= MAX_LENGTH
        ? Optional.empty()
        : Optional.of(new ConditionProblem(MAX_LENGTH, "at most " + MAX_LENGTH + " characters"));
  }

  static Optional<ConditionProblem> ofTree(Expression expression) {
    int parts = parts(expression);
    return parts <= MAX_PARTS
        ? Optional.empty()
        : Optional.of(
            new ConditionProblem(0, "at most " + MAX_PARTS + " parts; these are " + parts));
  }

  /** What evaluating it may cost, in parts. */
  static int cost(Expression expression) {
    return parts(expression) + SEARCH * searches(expression);
  }

  private static int searches(Expression expression) {
    if (expression instanceof Expression.And and) {
      return and.parts().stream().mapToInt(CostLimit::searches).sum();
    }
    if (expression instanceof Expression.Or or) {
      return or.parts().stream().mapToInt(CostLimit::searches).sum();
    }
    if (expression instanceof Expression.Not not) {
      return searches(not.part());
    }
    return expression instanceof Expression.TextTest test
            && test.function() == TextFunction.CONTAINS
        ? 1
        : 0;
  }

  private static int parts(Expression expression) {
    if (expression instanceof Expression.And and) {
      return 1 + parts(and.parts());
    }
    if (expression instanceof Expression.Or or) {
      return 1 + parts(or.parts());
    }
    if (expression instanceof Expression.Not not) {
      return 1 + parts(not.part());
    }
    int count = 1;
    if (expression instanceof Expression.Leaf leaf) {
      for (Operand operand : leaf.operands()) {
        count += operand instanceof Operand.ListLiteral list ? list.elements().size() : 1;
      }
    }
    return count;
  }

  private static int parts(List<Expression> parts) {
    return parts.stream().mapToInt(CostLimit::parts).sum();
  }
}
