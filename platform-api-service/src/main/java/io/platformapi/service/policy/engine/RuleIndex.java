package io.platformapi.service.policy.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Rules of one layer by resource type, action, effect and role. A request looks at no more than
 * four places: its type or any, each with its action or any; merging them would multiply every rule
 * about any type by the number of types.
 */
final class RuleIndex {
  private final Map<String, ByAction> types;
  private final ByAction anyType;

  RuleIndex(List<CompiledRule> rules, RoleMask roles) {
    Map<String, List<CompiledRule>> byType = new HashMap<>();
    rules.forEach(
        rule ->
            byType
                .computeIfAbsent(rule.rule().resourceType(), none -> new ArrayList<>())
                .add(rule));
    Map<String, ByAction> indexed = new HashMap<>();
    byType.forEach((type, some) -> indexed.put(type, new ByAction(some, roles)));
    this.anyType = indexed.remove(Rule.ANY);
    this.types = Map.copyOf(indexed);
  }

  /** Finds the first rule of an effect that counts. */
  void find(Effect effect, Evaluation evaluation, String type, String action, long[] roles) {
    ByAction typed = types.get(type);
    if (typed != null) {
      typed.find(effect, evaluation, action, roles);
    }
    if (anyType != null) {
      anyType.find(effect, evaluation, action, roles);
    }
  }

  /** All rules of a type, an action and roles, in no order. */
  List<CompiledRule> rules(String type, String action, long[] roles) {
    List<CompiledRule> found = new ArrayList<>();
    ByAction typed = types.get(type);
    if (typed != null) {
      typed.collect(found, action, roles);
    }
    if (anyType != null) {
      anyType.collect(found, action, roles);
    }
    return found;
  }

  private record ByEffect(RoleRules allows, RoleRules denies) {
    RoleRules of(Effect effect) {
      return effect == Effect.ALLOW ? allows : denies;
    }
  }

  private static final class ByAction {
    private final Map<String, ByEffect> actions;
    private final ByEffect anyAction;

    ByAction(List<CompiledRule> rules, RoleMask roles) {
      Map<String, List<CompiledRule>> byAction = new HashMap<>();
      rules.forEach(
          rule ->
              byAction.computeIfAbsent(rule.rule().action(), none -> new ArrayList<>()).add(rule));
      Map<String, ByEffect> indexed = new HashMap<>();
      byAction.forEach(
          (action, some) ->
              indexed.put(
                  action,
                  new ByEffect(
                      byRole(some, Effect.ALLOW, roles), byRole(some, Effect.DENY, roles))));
      this.anyAction = indexed.remove(Rule.ANY);
      this.actions = Map.copyOf(indexed);
    }

    private static RoleRules byRole(List<CompiledRule> rules, Effect effect, RoleMask roles) {
      Map<Integer, List<CompiledRule>> byRole = new HashMap<>();
      for (CompiledRule rule : rules) {
        if (rule.rule().effect() == effect) {
          byRole
              .computeIfAbsent(roles.number(rule.rule().role()), none -> new ArrayList<>())
              .add(rule);
        }
      }
      return byRole.isEmpty() ? RoleRules.NONE : new RoleRules(byRole);
    }

    void find(Effect effect, Evaluation evaluation, String action, long[] roles) {
      ByEffect acting = actions.get(action);
      if (acting != null) {
        acting.of(effect).find(evaluation, roles);
      }
      if (anyAction != null) {
        anyAction.of(effect).find(evaluation, roles);
      }
    }

    void collect(List<CompiledRule> found, String action, long[] roles) {
      ByEffect acting = actions.get(action);
      if (acting != null) {
        found.addAll(acting.allows().of(roles));
        found.addAll(acting.denies().of(roles));
      }
      if (anyAction != null) {
        found.addAll(anyAction.allows().of(roles));
        found.addAll(anyAction.denies().of(roles));
      }
    }
  }
}
