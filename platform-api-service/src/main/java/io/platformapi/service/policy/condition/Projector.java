package io.platformapi.service.policy.condition;

import java.util.ArrayList;
import java.util.EnumSet;
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
  private static final Set<Truth> ANY = Set.of(Truth.values());

  private final Expression expression;
  private final Set<Truth> wanted;
  private final Map<Attribute, TreeSet<Object>> constants = new LinkedHashMap<>();
  private final Map<Expression.Leaf, ConstantTest> tests = new IdentityHashMap<>();

  Projector(Expression expression, Set<Truth> wanted) {
    this.expression = expression;
    this.wanted = wanted;
    collect(expression);
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
    return place.of(expression).stream().anyMatch(wanted::contains);
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
    private final Attribute attribute;
    private final Kind kind;
    private final Object value;

    Place(Attribute attribute, Kind kind, Object value) {
      this.attribute = attribute;
      this.kind = kind;
      this.value = value;
    }

    /** What the expression may come out as. */
    Set<Truth> of(Expression expression) {
      if (expression instanceof Expression.And and) {
        return junction(and.parts(), Truth.FALSE, Truth.TRUE);
      }
      if (expression instanceof Expression.Or or) {
        return junction(or.parts(), Truth.TRUE, Truth.FALSE);
      }
      if (expression instanceof Expression.Not not) {
        Set<Truth> negated = EnumSet.noneOf(Truth.class);
        of(not.part()).forEach(truth -> negated.add(truth.negated()));
        return negated;
      }
      return expression instanceof Expression.Constant constant
          ? Set.of(constant.value())
          : leaf((Expression.Leaf) expression);
    }

    private Set<Truth> junction(List<Expression> parts, Truth decisive, Truth neutral) {
      boolean mayDecide = false;
      boolean mayBeUnknown = false;
      boolean mayBeNeutral = true;
      boolean mayBeUndecided = true;
      for (Expression part : parts) {
        Set<Truth> truths = of(part);
        boolean unknown = truths.contains(Truth.UNKNOWN);
        mayDecide |= truths.contains(decisive);
        mayBeUnknown |= unknown;
        mayBeNeutral &= truths.contains(neutral);
        mayBeUndecided &= unknown || truths.contains(neutral);
      }
      Set<Truth> result = EnumSet.noneOf(Truth.class);
      if (mayDecide) {
        result.add(decisive);
      }
      if (mayBeNeutral) {
        result.add(neutral);
      }
      if (mayBeUnknown && mayBeUndecided) {
        result.add(Truth.UNKNOWN);
      }
      return result;
    }

    private Set<Truth> leaf(Expression.Leaf leaf) {
      if (leaf.operands().stream().noneMatch(this::isMine)) {
        return ANY;
      }
      if (kind == Kind.ABSENT) {
        return Set.of(leaf instanceof Expression.Has ? Truth.FALSE : Truth.UNKNOWN);
      }
      if (kind == Kind.UNREADABLE) {
        return Set.of(Truth.UNKNOWN);
      }
      if (leaf instanceof Expression.Has) {
        return Set.of(Truth.TRUE);
      }
      ConstantTest test = tests.get(leaf);
      if (test == null) {
        return ANY;
      }
      if (kind == Kind.WITHOUT) {
        return test.constants().contains(value) ? Set.of(Truth.FALSE) : ANY;
      }
      return Set.of(Truth.of(test.holds(kind == Kind.AT ? value : null, this::compareTo)));
    }

    private boolean isMine(Operand operand) {
      return operand instanceof Operand.Path path && path.attribute().equals(attribute);
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
