package io.platformapi.service.policy.condition;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Evaluates a condition of which one attribute is known and every other test can come out anyhow.
 */
final class Projector {
  // Sets of truths are bits: a policy of thousands of long conditions has millions of them.
  private static final int FALSE = bit(Truth.FALSE);
  private static final int UNKNOWN = bit(Truth.UNKNOWN);
  private static final int TRUE = bit(Truth.TRUE);
  private static final int ANY = FALSE | UNKNOWN | TRUE;

  private final Expression expression;
  private final int wanted;
  private final Map<Attribute, TreeSet<Object>> constants = new LinkedHashMap<>();
  private final Map<Expression.Leaf, ConstantTest> tests = new IdentityHashMap<>();
  private final Map<Attribute, Set<Expression.Leaf>> readers = new HashMap<>();

  Projector(Expression expression, Set<Truth> wanted) {
    this.expression = expression;
    this.wanted = wanted.stream().mapToInt(Projector::bit).sum();
    collect(expression);
  }

  private static int bit(Truth truth) {
    return 1 << truth.ordinal();
  }

  Map<Attribute, Projection> projections() {
    Map<Attribute, Projection> projections = new LinkedHashMap<>();
    constants.forEach(
        (attribute, values) -> {
          Projection projection =
              attribute.type() == AttributeType.STRING_LIST
                  ? ofList(attribute, values)
                  : ofValue(attribute, values);
          if (projection != null && !projection.isEverything()) {
            projections.put(attribute, projection);
          }
        });
    return projections;
  }

  private Projection ofValue(Attribute attribute, TreeSet<Object> values) {
    List<Projection.Step> steps = new ArrayList<>();
    for (Object value : values) {
      steps.add(
          new Projection.Step(
              value,
              may(new Place(attribute, Kind.AT, value)),
              may(new Place(attribute, Kind.ABOVE, value))));
    }
    return new Projection(
        may(new Place(attribute, Kind.BELOW, null)),
        steps,
        may(new Place(attribute, Kind.ABSENT, null)),
        may(new Place(attribute, Kind.UNREADABLE, null)));
  }

  /** One element that a list must have, or null when there is none. */
  private Projection ofList(Attribute attribute, TreeSet<Object> values) {
    for (Object value : values) {
      if (!may(new Place(attribute, Kind.WITHOUT, value))) {
        return new Projection(
            false,
            List.of(new Projection.Step(value, true, false)),
            may(new Place(attribute, Kind.ABSENT, null)),
            may(new Place(attribute, Kind.UNREADABLE, null)));
      }
    }
    return null;
  }

  private boolean may(Place place) {
    return (place.of(expression) & wanted) != 0;
  }

  private void collect(Expression part) {
    if (part instanceof Expression.And and) {
      and.parts().forEach(this::collect);
    } else if (part instanceof Expression.Or or) {
      or.parts().forEach(this::collect);
    } else if (part instanceof Expression.Not not) {
      collect(not.part());
    } else if (part instanceof Expression.Leaf leaf) {
      ConstantTest test = ConstantTest.of(leaf);
      if (test != null) {
        tests.put(leaf, test);
        constants
            .computeIfAbsent(test.attribute(), none -> new TreeSet<>(Values.ORDER))
            .addAll(test.constants());
      }
      for (Operand operand : leaf.operands()) {
        if (operand instanceof Operand.Path path) {
          readers
              .computeIfAbsent(
                  path.attribute(), none -> Collections.newSetFromMap(new IdentityHashMap<>()))
              .add(leaf);
        }
      }
    }
  }

  private enum Kind {
    BELOW,
    AT,
    ABOVE,
    ABSENT,
    UNREADABLE,
    /** A list without the element. */
    WITHOUT
  }

  /** What is known of the attribute. */
  private final class Place {
    private final Set<Expression.Leaf> readers;
    private final Kind kind;
    private final Object value;

    Place(Attribute attribute, Kind kind, Object value) {
      this.readers = Projector.this.readers.get(attribute);
      this.kind = kind;
      this.value = value;
    }

    /** What the expression may come out as. */
    int of(Expression expression) {
      if (expression instanceof Expression.And and) {
        return junction(and.parts(), FALSE, TRUE);
      }
      if (expression instanceof Expression.Or or) {
        return junction(or.parts(), TRUE, FALSE);
      }
      if (expression instanceof Expression.Not not) {
        int part = of(not.part());
        return part & UNKNOWN | ((part & TRUE) == 0 ? 0 : FALSE) | ((part & FALSE) == 0 ? 0 : TRUE);
      }
      return expression instanceof Expression.Constant constant
          ? bit(constant.value())
          : leaf((Expression.Leaf) expression);
    }

    private int junction(List<Expression> parts, int decisive, int neutral) {
      int one = 0;
      int all = neutral;
      boolean mayBeUndecided = true;
      for (Expression part : parts) {
        int truths = of(part);
        one |= truths;
        all &= truths;
        mayBeUndecided &= (truths & (UNKNOWN | neutral)) != 0;
      }
      return one & decisive | all | (mayBeUndecided ? one & UNKNOWN : 0);
    }

    private int leaf(Expression.Leaf leaf) {
      if (!readers.contains(leaf)) {
        return ANY;
      }
      if (kind == Kind.ABSENT) {
        return leaf instanceof Expression.Has ? FALSE : UNKNOWN;
      }
      if (kind == Kind.UNREADABLE) {
        return UNKNOWN;
      }
      if (leaf instanceof Expression.Has) {
        return TRUE;
      }
      ConstantTest test = tests.get(leaf);
      if (test == null) {
        return ANY;
      }
      if (kind == Kind.WITHOUT) {
        return test.constants().contains(value) ? FALSE : ANY;
      }
      return bit(Truth.of(test.holds(kind == Kind.AT ? value : null, this::compareTo)));
    }

    /** How values of this place compare with a constant of the condition. */
    private int compareTo(Object constant) {
      if (kind == Kind.BELOW) {
        return -1;
      }
      int order = Values.ORDER.compare(value, constant);
      return kind == Kind.ABOVE && order == 0 ? 1 : order;
    }
  }
}
