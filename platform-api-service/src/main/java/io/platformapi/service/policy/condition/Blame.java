package io.platformapi.service.policy.condition;

import java.util.ArrayList;
import java.util.List;

/** Finds the tests that kept a condition from being true. */
final class Blame {
  private final String text;
  private final Facts facts;
  private final List<FailedPart> failed = new ArrayList<>();

  private Blame(String text, Facts facts) {
    this.text = text;
    this.facts = facts;
  }

  /** The tests that would have to come out otherwise, in the order of the text. */
  static List<FailedPart> of(String text, Expression expression, Facts facts) {
    Blame blame = new Blame(text, facts);
    blame.find(expression, true);
    return List.copyOf(blame.failed);
  }

  private void find(Expression expression, boolean wanted) {
    Truth truth = Compiler.compile(expression).of(facts);
    if (truth == Truth.of(wanted)) {
      return;
    }
    if (expression instanceof Expression.And and) {
      and.parts().forEach(part -> find(part, wanted));
    } else if (expression instanceof Expression.Or or) {
      or.parts().forEach(part -> find(part, wanted));
    } else if (expression instanceof Expression.Not not) {
      find(not.part(), !wanted);
    } else {
      failed.add(new FailedPart(text(expression), attribute(expression), truth));
    }
  }

  private String text(Expression expression) {
    return text.substring(expression.span().start(), expression.span().end());
  }

  private static String attribute(Expression expression) {
    if (expression instanceof Expression.Leaf leaf) {
      for (Operand operand : leaf.operands()) {
        if (operand instanceof Operand.Path path) {
          return path.text();
        }
      }
    }
    return null;
  }
}
