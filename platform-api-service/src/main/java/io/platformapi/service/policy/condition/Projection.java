package io.platformapi.service.policy.condition;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * With which values of one attribute a condition may still be what it is asked to be, whatever the
 * other attributes are. It may say so of a value too many, never of one too few.
 *
 * @param below with values before every step
 * @param steps constants of the condition in the order of {@link Values#ORDER}
 * @param absent without the attribute
 * @param unreadable with a value that is not of the attribute's type
 */
public record Projection(boolean below, List<Step> steps, boolean absent, boolean unreadable) {

  /**
   * A constant.
   *
   * @param value as a key
   * @param at with this value
   * @param above with values between this one and the next step's
   */
  public record Step(Object value, boolean at, boolean above) {}

  public Projection {
    steps = List.copyOf(steps);
  }

  /** Whether only a few values will do, those of {@link #points}; of a list, as an element. */
  public boolean isPoints() {
    return !below && steps.stream().noneMatch(Step::above);
  }

  /** The steps' values that will do. */
  public List<Object> points() {
    return steps.stream().filter(Step::at).map(Step::value).toList();
  }

  /** Whether every value will do, so that nothing is known by it. */
  public boolean isEverything() {
    return below && absent && unreadable && steps.stream().allMatch(s -> s.at() && s.above());
  }

  /**
   * Of each attribute that the condition compares with constants.
   *
   * @param wanted what the condition is asked to be: one of these
   */
  static Map<Attribute, Projection> of(Expression expression, Set<Truth> wanted) {
    return new Projector(expression, wanted).projections();
  }
}
