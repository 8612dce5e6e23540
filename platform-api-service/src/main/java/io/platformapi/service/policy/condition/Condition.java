package io.platformapi.service.policy.condition;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A condition that was checked and compiled. Immutable and safe for any number of threads. */
public final class Condition {
  private final String text;
  private final Expression expression;
  private final Test test;
  private final int cost;

  private Condition(String text, Expression expression) {
    this.text = text;
    this.expression = expression;
    this.cost = CostLimit.cost(expression);
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

  /** What it may cost to evaluate: how many parts it has, and more for texts to look through. */
  public int cost() {
    return cost;
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

  /** Of each attribute that is compared with constants, with which values this may be true. */
  public Map<Attribute, Projection> projectionsWhenTrue() {
    return Projection.of(expression, Set.of(Truth.TRUE));
  }

  /** Of each attribute that is compared with constants, with which values this may be not false. */
  public Map<Attribute, Projection> projectionsUnlessFalse() {
    return Projection.of(expression, Set.of(Truth.TRUE, Truth.UNKNOWN));
  }
}
