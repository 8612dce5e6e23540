package io.platformapi.service.policy.engine;

import io.platformapi.service.policy.condition.Attribute;
import io.platformapi.service.policy.condition.Projection;
import io.platformapi.service.policy.condition.Values;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Finds rules by a value that they need. Each rule that needs one out of a few values of an
 * attribute stands in the table of one such attribute, the one whose values it shares with the
 * fewest; so the tables are no larger than the rules, however their conditions overlap.
 */
final class KeyedRules implements Candidates {
  /** A rule stands in its table once for each value; more are left to {@link RuleBitmaps}. */
  private static final int MAX_VALUES = 8;

  /** A table of fewer rules costs as much as it saves. */
  private static final int WORTH_A_TABLE = 4;

  private final Candidates[] tables;

  private KeyedRules(List<Candidates> tables) {
    this.tables = tables.toArray(Candidates[]::new);
  }

  @Override
  public void find(Evaluation evaluation) {
    for (Candidates table : tables) {
      table.find(evaluation);
    }
  }

  /**
   * @param rules in their order
   */
  static Candidates of(List<ProjectedRule> rules) {
    Map<Attribute, List<ProjectedRule>> keyed = new LinkedHashMap<>();
    Map<Attribute, Map<Object, Integer>> crowds = crowds(rules);
    for (ProjectedRule rule : rules) {
      keyed.computeIfAbsent(key(rule, crowds, rules.size()), none -> new ArrayList<>()).add(rule);
    }
    List<ProjectedRule> others = new ArrayList<>();
    List<Candidates> tables = new ArrayList<>();
    keyed.forEach(
        (attribute, some) -> {
          if (attribute == null || some.size() < WORTH_A_TABLE) {
            others.addAll(some);
          } else {
            tables.add(table(attribute, some));
          }
        });
    others.sort((one, other) -> Integer.compare(one.rule().order(), other.rule().order()));
    tables.add(group(others));
    return new KeyedRules(tables);
  }

  /** How many rules need each value. */
  private static Map<Attribute, Map<Object, Integer>> crowds(List<ProjectedRule> rules) {
    Map<Attribute, Map<Object, Integer>> crowds = new HashMap<>();
    for (ProjectedRule rule : rules) {
      rule.projections()
          .forEach(
              (attribute, projection) -> {
                if (isKey(projection)) {
                  Map<Object, Integer> crowd =
                      crowds.computeIfAbsent(attribute, none -> new HashMap<>());
                  projection.points().forEach(value -> crowd.merge(value, 1, Integer::sum));
                }
              });
    }
    return crowds;
  }

  private static boolean isKey(Projection projection) {
    return projection.isPoints() && projection.points().size() <= MAX_VALUES;
  }

  /** The attribute to find a rule by, or null when no attribute leaves out half of the rules. */
  private static Attribute key(
      ProjectedRule rule, Map<Attribute, Map<Object, Integer>> crowds, int rules) {
    Attribute key = null;
    int smallest = rules / 2 + 1;
    for (Map.Entry<Attribute, Projection> entry : rule.projections().entrySet()) {
      if (isKey(entry.getValue())) {
        Map<Object, Integer> crowd = crowds.get(entry.getKey());
        int largest = entry.getValue().points().stream().mapToInt(crowd::get).max().orElse(0);
        if (largest < smallest) {
          smallest = largest;
          key = entry.getKey();
        }
      }
    }
    return key;
  }

  private static Candidates table(Attribute attribute, List<ProjectedRule> rules) {
    Map<Object, List<ProjectedRule>> byValue = new HashMap<>();
    for (ProjectedRule rule : rules) {
      for (Object value : rule.projections().get(attribute).points()) {
        byValue.computeIfAbsent(value, none -> new ArrayList<>()).add(rule);
      }
    }
    Map<Object, Candidates> groups = new HashMap<>();
    byValue.forEach((value, some) -> groups.put(value, group(some)));
    return new Table(
        attribute,
        rules.get(0).rule(),
        // Not copied: Map.copyOf would be slow for constants that were chosen to have one hash.
        Collections.unmodifiableMap(groups),
        group(some(rules, rule -> rule.projections().get(attribute).absent())),
        group(some(rules, rule -> rule.projections().get(attribute).unreadable())));
  }

  private static List<ProjectedRule> some(
      List<ProjectedRule> rules, Predicate<ProjectedRule> which) {
    return rules.stream().filter(which).toList();
  }

  private static Candidates group(List<ProjectedRule> rules) {
    return rules.size() < WORTH_LOOKING_UP
        ? Candidates.inSequence(rules.stream().map(ProjectedRule::rule).toList())
        : RuleBitmaps.of(rules);
  }

  /** Rules that need a value of one attribute; of a list attribute, an element. */
  private record Table(
      Attribute attribute,
      CompiledRule first,
      Map<Object, Candidates> byValue,
      Candidates absent,
      Candidates unreadable)
      implements Candidates {

    @Override
    public void find(Evaluation evaluation) {
      evaluation.enter(first);
      Object value = attribute.read(evaluation);
      if (value == null) {
        (evaluation.value(attribute) == null ? absent : unreadable).find(evaluation);
      } else if (value instanceof Collection<?> elements) {
        for (Object element : elements) {
          find(element, evaluation);
        }
      } else {
        find(Values.key(value), evaluation);
      }
    }

    private void find(Object key, Evaluation evaluation) {
      Candidates candidates = byValue.get(key);
      if (candidates != null) {
        candidates.find(evaluation);
      }
    }
  }
}
