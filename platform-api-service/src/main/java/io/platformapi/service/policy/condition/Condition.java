package io.platformapi.service.policy.condition;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A condition that was checked and compiled. Immutable and safe for any number of threads. */
public final class Condition {
  private final String text;
  private final Expression expression;
  private final Test test;

  private Condition(String text, Expression expression) {
    this.text = text;
    this.expression = expression;
    this.test = Compiler.compile(expression);
  }

  /**
   * Reads a condition; blank text is always true.
   *
   * @throws InvalidConditionException with the positions of what is wrong
   */
  public static Condition of(String text, AttributeSchema schema) throws InvalidConditionException {
    Optional<ConditionProblem> tooLong = CostLimit.ofText(text);
    if (tooLong.isPresent()) {
      throw new InvalidConditionException(List.of(tooLong.get()));
    }
    Expression expression;
    try {
      expression = ConditionParser.parse(text, schema);
    } catch (ConditionSyntaxException e) {
      throw new InvalidConditionException(List.of(e.problem()));
    }
    List<ConditionProblem> problems = new ArrayList<>();
    CostLimit.ofTree(expression).ifPresent(problems::add);
    problems.addAll(TypeChecker.problems(expression));
    if (!problems.isEmpty()) {
      throw new InvalidConditionException(problems);
    }
    return new Condition(text, expression);
  }

  /** A condition of which nothing is known: it allows nothing, and denies. */
  public static Condition unknown() {
    return new Condition("", Expression.Constant.UNKNOWN);
  }

  /** Evaluates; never throws. */
  public Truth evaluate(Facts facts) {
    return test.of(facts);
  }

  /** The tests that kept it from being true. */
  public List<FailedPart> failed(Facts facts) {
    return Blame.of(text, expression, facts);
  }

  /** Aviator's text that is true exactly when this condition is true, for jCasbin. */
  public String aviatorWhenTrue() {
    return AviatorTranslation.whenTrue(expression);
  }

  /** Aviator's text that is false exactly when this condition is false, for jCasbin. */
  public String aviatorUnlessFalse() {
    return AviatorTranslation.unlessFalse(expression);
  }

  /** What is left when everything but the resource is known. */
  public ResourceCondition partial(Facts facts) {
    return new ResourceCondition(new PartialEvaluation(facts).of(expression));
  }

  /**
   * Attributes of which a value out of a few is necessary: with any other value the condition is
   * false. Strings, integers and booleans only, whose equal values are equal objects.
   */
  public Map<Attribute, Set<Object>> necessaryValues() {
    Map<Attribute, Set<Object>> necessary = new LinkedHashMap<>();
    Collection<Expression> parts =
        expression instanceof Expression.And and ? and.parts() : List.of(expression);
    for (Expression part : parts) {
      necessaryValue(part, necessary);
    }
    return necessary;
  }

  private static void necessaryValue(Expression part, Map<Attribute, Set<Object>> necessary) {
    if (part instanceof Expression.Compare compare
        && compare.comparison() == Comparison.EQUAL
        && !(compare.left() instanceof Operand.Path && compare.right() instanceof Operand.Path)) {
      boolean pathFirst = compare.left() instanceof Operand.Path;
      Operand path = pathFirst ? compare.left() : compare.right();
      Operand value = pathFirst ? compare.right() : compare.left();
      necessaryValue(path, List.of((Operand.Literal) value), necessary);
    } else if (part instanceof Expression.In in
        && in.list() instanceof Operand.ListLiteral list
        && in.value() instanceof Operand.Path) {
      necessaryValue(in.value(), list.elements(), necessary);
    }
  }

  private static void necessaryValue(
      Operand path, List<Operand.Literal> literals, Map<Attribute, Set<Object>> necessary) {
    Attribute attribute = ((Operand.Path) path).attribute();
    boolean comparable =
        switch (attribute.type()) {
          case STRING, INTEGER, BOOLEAN -> true;
          case DECIMAL, TIME, STRING_LIST -> false;
        };
    if (comparable && literals.stream().allMatch(literal -> literal.type() == attribute.type())) {
      Set<Object> values = new LinkedHashSet<>();
      literals.forEach(literal -> values.add(literal.value()));
      necessary.putIfAbsent(attribute, values);
    }
  }
}
