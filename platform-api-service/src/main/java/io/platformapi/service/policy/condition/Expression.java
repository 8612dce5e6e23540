package io.platformapi.service.policy.condition;

import java.util.List;

/** A condition as a tree. */
sealed interface Expression {
  Span span();

  /** A test of attributes, without further expressions in it. */
  sealed interface Leaf extends Expression {
    List<Operand> operands();
  }

  record And(Span span, List<Expression> parts) implements Expression {}

  record Or(Span span, List<Expression> parts) implements Expression {}

  record Not(Span span, Expression part) implements Expression {}

  record Constant(Span span, Truth value) implements Expression {
    static final Constant TRUE = new Constant(Span.NONE, Truth.TRUE);
    static final Constant FALSE = new Constant(Span.NONE, Truth.FALSE);
    static final Constant UNKNOWN = new Constant(Span.NONE, Truth.UNKNOWN);

    static Constant of(Truth value) {
      return switch (value) {
        case TRUE -> TRUE;
        case FALSE -> FALSE;
        case UNKNOWN -> UNKNOWN;
      };
    }
  }

  /** An attribute that is itself true or false. */
  record Holds(Span span, Operand value) implements Leaf {
    @Override
    public List<Operand> operands() {
      return List.of(value);
    }
  }

  record Compare(Span span, Comparison comparison, Operand left, Operand right) implements Leaf {
    @Override
    public List<Operand> operands() {
      return List.of(left, right);
    }
  }

  /** The value is one of the list. */
  record In(Span span, Operand value, Operand list) implements Leaf {
    @Override
    public List<Operand> operands() {
      return List.of(value, list);
    }
  }

  /** The attribute is present. */
  record Has(Span span, Operand path) implements Leaf {
    @Override
    public List<Operand> operands() {
      return List.of(path);
    }
  }

  record TextTest(Span span, TextFunction function, Operand text, Operand part) implements Leaf {
    @Override
    public List<Operand> operands() {
      return List.of(text, part);
    }
  }

  /** The address is of the network; {@code cidr} is null until it is read from the literal. */
  record InCidr(Span span, Operand address, Operand network, Cidr cidr) implements Leaf {
    @Override
    public List<Operand> operands() {
      return List.of(address, network);
    }
  }
}
