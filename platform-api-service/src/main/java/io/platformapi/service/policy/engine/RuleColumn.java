package io.platformapi.service.policy.engine;

import io.platformapi.service.policy.condition.Attribute;
import io.platformapi.service.policy.condition.Projection;
import io.platformapi.service.policy.condition.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;

/**
 * Which of many rules can count with a value of one attribute. The rules' constants cut its values
 * into places: each constant, and what lies before, between and after. Walking through the places
 * in order, a rule comes in or goes out at its own constants only; of these turns every so many a
 * bitmap is kept, so that a place is reached from the bitmap before it by a few turns.
 */
final class RuleColumn {
  private final Attribute attribute;
  private final CompiledRule first;
  private final Object[] constants;

  /** How many turns have been made at each place: before the first constant, at it, after it… */
  private final int[] made;

  /** Numbers of the rules that come in or go out, in the order of places. */
  private final int[] turns;

  /** Turns from one bitmap to the next. */
  private final int stride;

  private final long[][] bitmaps;
  private final long[] absent;
  private final long[] unreadable;

  private RuleColumn(Attribute attribute, List<ProjectedRule> rules) {
    this.attribute = attribute;
    this.constants = constants(attribute, rules);
    this.first =
        rules.stream()
            .filter(rule -> rule.projections().containsKey(attribute))
            .findFirst()
            .orElseThrow()
            .rule();
    List<List<Integer>> byPlace = new ArrayList<>();
    for (int place = 0; place <= 2 * constants.length; place++) {
      byPlace.add(new ArrayList<>());
    }
    int words = words(rules.size());
    long[] bits = new long[words];
    this.absent = new long[words];
    this.unreadable = new long[words];
    for (int number = 0; number < rules.size(); number++) {
      Projection projection = rules.get(number).projections().get(attribute);
      set(bits, number, projection == null || projection.below());
      set(absent, number, projection == null || projection.absent());
      set(unreadable, number, projection == null || projection.unreadable());
      if (projection != null) {
        addTurns(projection, number, byPlace);
      }
    }
    this.made = new int[byPlace.size()];
    for (int place = 1; place < made.length; place++) {
      made[place] = made[place - 1] + byPlace.get(place).size();
    }
    this.turns = byPlace.stream().flatMap(List::stream).mapToInt(Integer::intValue).toArray();
    this.stride = words + Candidates.WORTH_LOOKING_UP;
    this.bitmaps = bitmaps(bits);
  }

  static RuleColumn of(Attribute attribute, List<ProjectedRule> rules) {
    return new RuleColumn(attribute, rules);
  }

  private static Object[] constants(Attribute attribute, List<ProjectedRule> rules) {
    TreeSet<Object> constants = new TreeSet<>(Values.ORDER);
    rules.stream()
        .map(rule -> rule.projections().get(attribute))
        .filter(Objects::nonNull)
        .flatMap(projection -> projection.steps().stream())
        .forEach(step -> constants.add(step.value()));
    return constants.toArray();
  }

  private void addTurns(Projection projection, int number, List<List<Integer>> byPlace) {
    boolean now = projection.below();
    for (Projection.Step step : projection.steps()) {
      int place = place(step.value());
      if (step.at() != now) {
        byPlace.get(place).add(number);
      }
      if (step.above() != step.at()) {
        byPlace.get(place + 1).add(number);
      }
      now = step.above();
    }
  }

  private long[][] bitmaps(long[] start) {
    long[][] kept = new long[turns.length / stride + 1][];
    long[] bits = start;
    for (int turn = 0; turn <= turns.length; turn++) {
      if (turn % stride == 0) {
        kept[turn / stride] = bits.clone();
      }
      if (turn < turns.length) {
        turn(bits, turns[turn]);
      }
    }
    return kept;
  }

  /**
   * Takes out the rules that cannot count.
   *
   * @param left a bit for each rule that is left
   * @param scratch of the same length
   * @return whether any is left
   */
  boolean restrict(long[] left, long[] scratch, Evaluation evaluation) {
    evaluation.enter(first);
    Object value = attribute.read(evaluation);
    if (value == null) {
      return and(left, evaluation.value(attribute) == null ? absent : unreadable);
    }
    int turn = made[place(Values.key(value))];
    long[] bits = bitmaps[turn / stride];
    int from = turn - turn % stride;
    if (from < turn) {
      System.arraycopy(bits, 0, scratch, 0, bits.length);
      for (int i = from; i < turn; i++) {
        turn(scratch, turns[i]);
      }
      bits = scratch;
    }
    return and(left, bits);
  }

  private int place(Object key) {
    int found = Arrays.binarySearch(constants, key, Values.ORDER);
    return found >= 0 ? 2 * found + 1 : 2 * (-found - 1);
  }

  private static boolean and(long[] left, long[] bits) {
    long any = 0;
    for (int word = 0; word < left.length; word++) {
      left[word] &= bits[word];
      any |= left[word];
    }
    return any != 0;
  }

  private static void set(long[] bits, int number, boolean value) {
    if (value) {
      turn(bits, number);
    }
  }

  private static void turn(long[] bits, int number) {
    bits[number / Long.SIZE] ^= 1L << number;
  }

  static int words(int rules) {
    return (rules + Long.SIZE - 1) / Long.SIZE;
  }
}
