package io.platformapi.service.policy.condition;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes a tree of small closures from a checked tree. An attribute that cannot be read makes its
 * test unknown.
 */
final class Compiler {
  private Compiler() {}

  static Test compile(Expression expression) {
    if (expression instanceof Expression.And and) {
      return and(tests(and.parts()));
    }
    if (expression instanceof Expression.Or or) {
      return or(tests(or.parts()));
    }
    if (expression instanceof Expression.Not not) {
      Test part = compile(not.part());
      return facts -> part.of(facts).negated();
    }
    if (expression instanceof Expression.Constant constant) {
      Truth value = constant.value();
      return facts -> value;
    }
    return leaf((Expression.Leaf) expression);
  }

  private static Test[] tests(List<Expression> parts) {
    return parts.stream().map(Compiler::compile).toArray(Test[]::new);
  }

  private static Test and(Test[] parts) {
    return facts -> {
      Truth result = Truth.TRUE;
      for (Test part : parts) {
        Truth truth = part.of(facts);
        if (truth == Truth.FALSE) {
          return Truth.FALSE;
        }
        if (truth == Truth.UNKNOWN) {
          result = Truth.UNKNOWN;
        }
      }
      return result;
    };
  }

  private static Test or(Test[] parts) {
    return facts -> {
      Truth result = Truth.FALSE;
      for (Test part : parts) {
        Truth truth = part.of(facts);
        if (truth == Truth.TRUE) {
          return Truth.TRUE;
        }
        if (truth == Truth.UNKNOWN) {
          result = Truth.UNKNOWN;
        }
      }
      return result;
    };
  }

  private static Test leaf(Expression.Leaf leaf) {
    if (leaf instanceof Expression.Holds holds) {
      Reader value = reader(holds.value());
      return facts -> {
        Object read = value.read(facts);
        return read == null ? Truth.UNKNOWN : Truth.of((Boolean) read);
      };
    }
    if (leaf instanceof Expression.Has has) {
      return has(has.path());
    }
    if (leaf instanceof Expression.Compare compare) {
      return compare(compare);
    }
    if (leaf instanceof Expression.In in) {
      return in(in);
    }
    if (leaf instanceof Expression.TextTest test) {
      return textTest(test);
    }
    return inCidr((Expression.InCidr) leaf);
  }

  private static Test has(Operand operand) {
    if (!(operand instanceof Operand.Path path)) {
      return facts -> Truth.TRUE;
    }
    Attribute attribute = path.attribute();
    return facts ->
        facts.value(attribute) == null
            ? Truth.FALSE
            : attribute.read(facts) == null ? Truth.UNKNOWN : Truth.TRUE;
  }

  private static Test compare(Expression.Compare compare) {
    AttributeType left = TypeChecker.type(compare.left());
    AttributeType right = TypeChecker.type(compare.right());
    Reader one = reader(compare.left());
    Reader other = reader(compare.right());
    Comparison comparison = compare.comparison();
    if (left != right) {
      return ordered(comparison, decimal(one), decimal(other), BigDecimal.class);
    }
    return switch (left) {
      case INTEGER -> ordered(comparison, one, other, Long.class);
      case DECIMAL -> ordered(comparison, one, other, BigDecimal.class);
      case TIME -> ordered(comparison, one, other, Instant.class);
      default -> equal(comparison == Comparison.EQUAL, one, other);
    };
  }

  private static Test equal(boolean wanted, Reader one, Reader other) {
    return facts -> {
      Object left = one.read(facts);
      Object right = other.read(facts);
      return left == null || right == null ? Truth.UNKNOWN : Truth.of(left.equals(right) == wanted);
    };
  }

  private static <T extends Comparable<? super T>> Test ordered(
      Comparison comparison, Reader one, Reader other, Class<T> type) {
    return facts -> {
      T left = type.cast(one.read(facts));
      T right = type.cast(other.read(facts));
      return left == null || right == null
          ? Truth.UNKNOWN
          : Truth.of(comparison.holds(left.compareTo(right)));
    };
  }

  private static Test in(Expression.In in) {
    Reader value = reader(in.value());
    if (in.list() instanceof Operand.ListLiteral list) {
      return inLiteral(value, list);
    }
    Reader list = reader(in.list());
    return facts -> {
      Object wanted = value.read(facts);
      Collection<?> elements = (Collection<?>) list.read(facts);
      return wanted == null || elements == null
          ? Truth.UNKNOWN
          : Truth.of(elements.contains(wanted));
    };
  }

  private static Test inLiteral(Reader value, Operand.ListLiteral list) {
    Set<Object> elements = new HashSet<>();
    for (Operand.Literal element : list.elements()) {
      elements.add(Values.key(element.value()));
    }
    Set<Object> constant = Set.copyOf(elements);
    return facts -> {
      Object wanted = value.read(facts);
      return wanted == null ? Truth.UNKNOWN : Truth.of(constant.contains(Values.key(wanted)));
    };
  }

  private static Test textTest(Expression.TextTest test) {
    Reader text = reader(test.text());
    Reader part = reader(test.part());
    TextFunction function = test.function();
    return facts -> {
      String whole = (String) text.read(facts);
      String wanted = (String) part.read(facts);
      return whole == null || wanted == null
          ? Truth.UNKNOWN
          : Truth.of(function.holds(whole, wanted));
    };
  }

  private static Test inCidr(Expression.InCidr inCidr) {
    Attribute attribute = ((Operand.Path) inCidr.address()).attribute();
    Cidr network = inCidr.cidr();
    return facts -> {
      String text = (String) attribute.read(facts);
      if (text == null) {
        return Truth.UNKNOWN;
      }
      byte[] address = Cidr.address(text);
      if (address == null) {
        facts.unreadable(attribute, "is not an IP address");
        return Truth.UNKNOWN;
      }
      return Truth.of(network.contains(address));
    };
  }

  /** Reads one operand; null when it cannot be read. */
  private interface Reader {
    Object read(Facts facts);
  }

  private static Reader reader(Operand operand) {
    if (operand instanceof Operand.Path path) {
      return path.attribute()::read;
    }
    Object value = ((Operand.Literal) operand).value();
    return facts -> value;
  }

  private static Reader decimal(Reader number) {
    return facts -> {
      Object value = number.read(facts);
      return value instanceof Long integer ? BigDecimal.valueOf(integer) : value;
    };
  }
}
