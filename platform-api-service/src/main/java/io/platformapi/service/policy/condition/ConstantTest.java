package io.platformapi.service.policy.condition;

import java.util.HashSet;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * A test of one attribute against constants, which depends on nothing but how the attribute's value
 * compares with each of them.
 *
 * @param attribute attribute that is tested
 * @param constants as keys
 * @param outcome how the test comes out, given how the value compares with each constant
 */
record ConstantTest(Attribute attribute, Set<Object> constants, Outcome outcome) {

  private interface Outcome {
    boolean of(Object exactly, ToIntFunction<Object> order);
  }

  /**
   * Whether it is true of a value.
   *
   * @param exactly the value as a key, or null for any value between two constants
   * @param order how the value compares with a constant
   */
  boolean holds(Object exactly, ToIntFunction<Object> order) {
    return outcome.of(exactly, order);
  }

  /** Null for a test of another kind. */
  static ConstantTest of(Expression.Leaf leaf) {
    if (leaf instanceof Expression.Holds holds) {
      return equal(attribute(holds.value()), true);
    }
    if (leaf instanceof Expression.Compare compare) {
      return compare(compare);
    }
    if (leaf instanceof Expression.In in) {
      return in(in);
    }
    return leaf instanceof Expression.TextTest test ? startsWith(test) : null;
  }

  private static ConstantTest equal(Attribute attribute, Object constant) {
    return new ConstantTest(
        attribute, Set.of(constant), (exactly, order) -> constant.equals(exactly));
  }

  private static ConstantTest compare(Expression.Compare compare) {
    Comparison comparison = compare.comparison();
    if (compare.left() instanceof Operand.Path path
        && compare.right() instanceof Operand.Literal literal) {
      Object constant = Values.key(literal.value());
      return new ConstantTest(
          path.attribute(),
          Set.of(constant),
          (exactly, order) -> comparison.holds(order.applyAsInt(constant)));
    }
    if (compare.left() instanceof Operand.Literal literal
        && compare.right() instanceof Operand.Path path) {
      Object constant = Values.key(literal.value());
      return new ConstantTest(
          path.attribute(),
          Set.of(constant),
          (exactly, order) -> comparison.holds(-order.applyAsInt(constant)));
    }
    return null;
  }

  private static ConstantTest in(Expression.In in) {
    if (in.list() instanceof Operand.ListLiteral list && in.value() instanceof Operand.Path path) {
      Set<Object> constants = new HashSet<>();
      list.elements().forEach(element -> constants.add(Values.key(element.value())));
      return new ConstantTest(
          path.attribute(),
          constants,
          (exactly, order) -> exactly != null && constants.contains(exactly));
    }
    // Of a list attribute the constant is an element, not the value.
    return in.list() instanceof Operand.Path path && in.value() instanceof Operand.Literal literal
        ? equal(path.attribute(), literal.value())
        : null;
  }

  /**
   * What starts with a text is, in the order of characters, all from it to before its successor.
   */
  private static ConstantTest startsWith(Expression.TextTest test) {
    if (test.function() != TextFunction.STARTS_WITH
        || !(test.text() instanceof Operand.Path path)
        || !(test.part() instanceof Operand.Literal literal)) {
      return null;
    }
    String prefix = (String) literal.value();
    String successor = successor(prefix);
    return successor == null
        ? new ConstantTest(
            path.attribute(), Set.of(prefix), (exactly, order) -> order.applyAsInt(prefix) >= 0)
        : new ConstantTest(
            path.attribute(),
            Set.of(prefix, successor),
            (exactly, order) -> order.applyAsInt(prefix) >= 0 && order.applyAsInt(successor) < 0);
  }

  /** The first text after all that start with a prefix, or null when there is none. */
  private static String successor(String prefix) {
    for (int last = prefix.length() - 1; last >= 0; last--) {
      if (prefix.charAt(last) < Character.MAX_VALUE) {
        return prefix.substring(0, last) + (char) (prefix.charAt(last) + 1);
      }
    }
    return null;
  }

  private static Attribute attribute(Operand operand) {
    return ((Operand.Path) operand).attribute();
  }
}
