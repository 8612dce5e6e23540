package io.platformapi.service.policy.engine;

import io.platformapi.service.policy.condition.Attribute;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Splits many rules by the value of an attribute that they need, so that a request meets only those
 * of its own value.
 */
final class Discrimination {
  /** Fewer rules are evaluated as fast as they are looked up. */
  private static final int WORTH_SPLITTING = 8;

  private Discrimination() {}

  /** Candidates out of rules in their order. */
  static Candidates of(List<CompiledRule> rules) {
    return of(rules, Set.of());
  }

  private static Candidates of(List<CompiledRule> rules, Set<Attribute> used) {
    Attribute attribute = rules.size() < WORTH_SPLITTING ? null : best(rules, used);
    if (attribute == null) {
      return Candidates.inSequence(rules);
    }
    Set<Attribute> nowUsed = new HashSet<>(used);
    nowUsed.add(attribute);
    Map<Object, List<CompiledRule>> byValue = new HashMap<>();
    List<CompiledRule> others = new ArrayList<>();
    for (CompiledRule rule : rules) {
      Set<Object> values = rule.condition().necessaryValues().get(attribute);
      if (values == null) {
        others.add(rule);
      } else {
        values.forEach(
            value -> byValue.computeIfAbsent(value, none -> new ArrayList<>()).add(rule));
      }
    }
    Map<Object, Candidates> candidates = new HashMap<>();
    byValue.forEach((value, some) -> candidates.put(value, of(some, nowUsed)));
    return split(
        attribute,
        rules.get(0),
        Map.copyOf(candidates),
        of(others, nowUsed),
        // Without the value an allow rule cannot be true, but a deny rule need not be false.
        rules.get(0).allows() ? of(others, nowUsed) : of(rules, nowUsed));
  }

  private static Candidates split(
      Attribute attribute,
      CompiledRule first,
      Map<Object, Candidates> byValue,
      Candidates others,
      Candidates withoutValue) {
    return evaluation -> {
      evaluation.enter(first);
      Object value = attribute.read(evaluation);
      if (value == null) {
        withoutValue.find(evaluation);
        return;
      }
      Candidates some = byValue.get(value);
      if (some != null) {
        some.find(evaluation);
      }
      others.find(evaluation);
    };
  }

  /** The attribute that leaves the fewest rules to a request, or null when none halves them. */
  private static Attribute best(List<CompiledRule> rules, Set<Attribute> used) {
    Map<Attribute, Map<Object, Integer>> counts = new LinkedHashMap<>();
    Map<Attribute, Integer> covered = new HashMap<>();
    for (CompiledRule rule : rules) {
      rule.condition()
          .necessaryValues()
          .forEach(
              (attribute, values) -> {
                if (!used.contains(attribute)) {
                  covered.merge(attribute, 1, Integer::sum);
                  Map<Object, Integer> byValue =
                      counts.computeIfAbsent(attribute, none -> new HashMap<>());
                  values.forEach(value -> byValue.merge(value, 1, Integer::sum));
                }
              });
    }
    Attribute best = null;
    int fewest = rules.size() / 2 + 1;
    for (Map.Entry<Attribute, Map<Object, Integer>> entry : counts.entrySet()) {
      int others = rules.size() - covered.get(entry.getKey());
      int worst = entry.getValue().values().stream().max(Integer::compare).orElse(0);
      if (others + worst < fewest) {
        fewest = others + worst;
        best = entry.getKey();
      }
    }
    return best;
  }
}
