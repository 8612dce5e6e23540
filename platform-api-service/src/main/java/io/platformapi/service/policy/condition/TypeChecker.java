package io.platformapi.service.policy.condition;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Finds unknown attributes, and tests of values that cannot be compared. */
final class TypeChecker {
  private final List<ConditionProblem> problems = new ArrayList<>();

  private TypeChecker() {}

  /** Everything that is wrong, in the order of positions. */
  static List<ConditionProblem> problems(Expression expression) {
    TypeChecker checker = new TypeChecker();
    checker.check(expression);
    checker.problems.sort(Comparator.comparingInt(ConditionProblem::position));
    return List.copyOf(checker.problems);
  }

  private void check(Expression expression) {
    if (expression instanceof Expression.And and) {
      and.parts().forEach(this::check);
    } else if (expression instanceof Expression.Or or) {
      or.parts().forEach(this::check);
    } else if (expression instanceof Expression.Not not) {
      check(not.part());
    } else if (expression instanceof Expression.Leaf leaf) {
      check(leaf);
    }
  }

  private void check(Expression.Leaf leaf) {
    boolean known = true;
    boolean paths = false;
    for (Operand operand : leaf.operands()) {
      if (operand instanceof Operand.Path path) {
        paths = true;
        known &= path.attribute() != null;
        if (path.attribute() == null) {
          problem(path, path.text() + " is not a declared attribute");
        }
      }
    }
    if (!paths) {
      problem(leaf.span(), "one side must be an attribute");
    } else if (known) {
      checkTypes(leaf);
    }
  }

  private void checkTypes(Expression.Leaf leaf) {
    if (leaf instanceof Expression.Holds holds) {
      expect(holds.value(), AttributeType.BOOLEAN);
    } else if (leaf instanceof Expression.Compare compare) {
      compare(compare);
    } else if (leaf instanceof Expression.In in) {
      in(in);
    } else if (leaf instanceof Expression.TextTest test) {
      expect(test.text(), AttributeType.STRING);
      expect(test.part(), AttributeType.STRING);
    } else if (leaf instanceof Expression.InCidr inCidr) {
      inCidr(inCidr);
    }
  }

  private void compare(Expression.Compare compare) {
    AttributeType left = type(compare.left());
    AttributeType right = type(compare.right());
    if (left == AttributeType.STRING_LIST || right == AttributeType.STRING_LIST) {
      problem(compare.span(), "a list is asked with in");
    } else if (left != right && !(left.numeric() && right.numeric())) {
      problem(compare.right(), left.text() + " cannot be compared with " + right.text());
    } else if (compare.comparison().ordering() && !left.numeric() && left != AttributeType.TIME) {
      // Databases order strings by collations that Java does not know.
      problem(compare.span(), "only numbers and times are ordered");
    }
  }

  private void in(Expression.In in) {
    AttributeType value = type(in.value());
    if (value == AttributeType.STRING_LIST) {
      problem(in.value(), "expected one value");
    } else if (in.list() instanceof Operand.ListLiteral list) {
      for (Operand.Literal element : list.elements()) {
        if (element.type() != value && !(element.type().numeric() && value.numeric())) {
          problem(element, "expected " + value.text());
        }
      }
    } else if (expect(in.list(), AttributeType.STRING_LIST)) {
      expect(in.value(), AttributeType.STRING);
    }
  }

  private void inCidr(Expression.InCidr inCidr) {
    expect(inCidr.address(), AttributeType.STRING);
    // In SQL a text that is no address would fail the whole statement.
    if (inCidr.address() instanceof Operand.Path path && path.attribute().root() == Root.RESOURCE) {
      problem(path, "inCidr reads addresses of subject and env only");
    }
    if (inCidr.cidr() == null) {
      problem(inCidr.network(), "expected a network such as \"10.0.0.0/8\"");
    }
  }

  private boolean expect(Operand operand, AttributeType type) {
    if (type(operand) != type) {
      problem(operand, "expected " + type.text());
      return false;
    }
    return true;
  }

  /** Type of an operand that stands alone; of a list null. */
  static AttributeType type(Operand operand) {
    if (operand instanceof Operand.Path path) {
      return path.attribute().type();
    }
    return operand instanceof Operand.Literal literal ? literal.type() : null;
  }

  private void problem(Operand operand, String message) {
    problem(operand.span(), message);
  }

  private void problem(Span span, String message) {
    problems.add(new ConditionProblem(span.start(), message));
  }
}
