package io.platformapi.service.policy.condition;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Replaces by its result each test that does not read the resource, and by its value each other
 * attribute. Type and tenant of the resource are known.
 */
final class PartialEvaluation {
  private final Facts facts;

  PartialEvaluation(Facts facts) {
    this.facts = facts;
  }

  Expression of(Expression expression) {
    if (expression instanceof Expression.And and) {
      return junction(and.parts(), Truth.TRUE);
    }
    if (expression instanceof Expression.Or or) {
      return junction(or.parts(), Truth.FALSE);
    }
    if (expression instanceof Expression.Not not) {
      Expression part = of(not.part());
      return part instanceof Expression.Constant constant
          ? Expression.Constant.of(constant.value().negated())
          : new Expression.Not(Span.NONE, part);
    }
    return expression instanceof Expression.Leaf leaf ? leaf(leaf) : expression;
  }

  private Expression junction(List<Expression> parts, Truth neutral) {
    List<Expression> left = new ArrayList<>();
    for (Expression part : parts) {
      Expression partial = of(part);
      if (partial instanceof Expression.Constant constant) {
        if (constant.value() == neutral.negated()) {
          return constant;
        }
        if (constant.value() == neutral) {
          continue;
        }
      }
      if (!left.contains(partial)) {
        left.add(partial);
      }
    }
    if (left.isEmpty()) {
      return Expression.Constant.of(neutral);
    }
    if (left.size() == 1) {
      return left.get(0);
    }
    return neutral == Truth.TRUE
        ? new Expression.And(Span.NONE, List.copyOf(left))
        : new Expression.Or(Span.NONE, List.copyOf(left));
  }

  private Expression leaf(Expression.Leaf leaf) {
    if (leaf.operands().stream().noneMatch(PartialEvaluation::open)) {
      return Expression.Constant.of(Compiler.compile(leaf).of(facts));
    }
    if (leaf instanceof Expression.Has has) {
      return new Expression.Has(Span.NONE, bare(has.path()));
    }
    List<Operand> operands = new ArrayList<>();
    for (Operand operand : leaf.operands()) {
      Operand known = known(operand);
      if (known == null) {
        return Expression.Constant.UNKNOWN;
      }
      operands.add(known);
    }
    if (leaf instanceof Expression.Holds) {
      return new Expression.Holds(Span.NONE, operands.get(0));
    }
    if (leaf instanceof Expression.Compare compare) {
      return new Expression.Compare(
          Span.NONE, compare.comparison(), operands.get(0), operands.get(1));
    }
    if (leaf instanceof Expression.In) {
      return new Expression.In(Span.NONE, operands.get(0), operands.get(1));
    }
    if (leaf instanceof Expression.TextTest test) {
      return new Expression.TextTest(Span.NONE, test.function(), operands.get(0), operands.get(1));
    }
    throw new IllegalStateException("a test of the resource that is not checked: " + leaf);
  }

  /** Whether the operand is only known row by row. */
  private static boolean open(Operand operand) {
    return operand instanceof Operand.Path path
        && path.attribute().root() == Root.RESOURCE
        && path.attribute().builtIn() != BuiltIn.RESOURCE_TYPE
        && path.attribute().builtIn() != BuiltIn.RESOURCE_TENANT;
  }

  /** The operand with its value, or null when it has none. */
  private Operand known(Operand operand) {
    if (open(operand) || !(operand instanceof Operand.Path path)) {
      return bare(operand);
    }
    Attribute attribute = path.attribute();
    Object value = attribute.read(facts);
    if (value == null) {
      return null;
    }
    if (value instanceof Collection<?> elements) {
      return new Operand.ListLiteral(
          Span.NONE,
          elements.stream()
              .map(element -> new Operand.Literal(Span.NONE, AttributeType.STRING, element))
              .toList());
    }
    return new Operand.Literal(Span.NONE, attribute.type(), value);
  }

  /** Without its place in the text, so that equal parts are equal. */
  private static Operand bare(Operand operand) {
    if (operand instanceof Operand.Path path) {
      return new Operand.Path(Span.NONE, path.text(), path.attribute());
    }
    if (operand instanceof Operand.Literal literal) {
      return new Operand.Literal(Span.NONE, literal.type(), literal.value());
    }
    return new Operand.ListLiteral(
        Span.NONE,
        ((Operand.ListLiteral) operand)
            .elements().stream()
                .map(literal -> new Operand.Literal(Span.NONE, literal.type(), literal.value()))
                .toList());
  }
}
