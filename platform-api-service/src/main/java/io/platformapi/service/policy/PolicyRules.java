package io.platformapi.service.policy;

import io.platformapi.service.policy.engine.Effect;
import io.platformapi.service.policy.engine.Layer;
import io.platformapi.service.policy.engine.Rule;
import io.platformapi.service.policy.engine.RuleCheck;
import io.platformapi.service.policy.engine.RuleProblem;
import io.platformapi.service.problem.FieldProblem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Checks policies, all of what is given, before any is stored or simulated. */
final class PolicyRules {
  static final int MAX_RULES = 500;
  static final int MAX_DESCRIPTION = 1000;

  /** Names that are paths of their own below {@code /v1/policies}. */
  private static final Set<String> RESERVED = Set.of("schema", "simulate");

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
  private static final String ID_RULE =
      "must be 1 to 63 letters, digits, '.', '_' or '-', beginning with a letter or digit";

  private final Vocabulary vocabulary;
  private final Set<String> roles;
  private final List<FieldProblem> problems = new ArrayList<>();

  /**
   * @param roles names of the tenant's roles
   */
  PolicyRules(Vocabulary vocabulary, Set<String> roles) {
    this.vocabulary = vocabulary;
    this.roles = roles;
  }

  /** What is wrong with all that was checked. */
  List<FieldProblem> problems() {
    return problems;
  }

  /**
   * @param prefix path of the policy in the request, empty or ending with a dot
   */
  void check(String prefix, String id, NewPolicy policy) {
    if (id == null || !ID.matcher(id).matches()) {
      problem(prefix + "id", ID_RULE);
    } else if (RESERVED.contains(id)) {
      problem(prefix + "id", "is the name of another endpoint");
    }
    description(prefix + "description", policy.description());
    if (policy.rules() == null) {
      problem(prefix + "rules", "is required");
      return;
    }
    if (policy.rules().size() > MAX_RULES) {
      problem(prefix + "rules", "must not have more than " + MAX_RULES + " items");
      return;
    }
    rules(prefix + "rules", policy.rules());
  }

  /**
   * @param path of the list in the request
   */
  void rules(String path, List<RuleDefinition> rules) {
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < rules.size(); i++) {
      String at = path + "[" + i + "]";
      RuleDefinition rule = rules.get(i);
      if (rule == null) {
        problem(at, "is required");
        continue;
      }
      if (rule.id() != null && !ids.add(rule.id())) {
        problem(at + ".id", "is the id of another rule of this policy");
      }
      rule(at + ".", rule.complete());
    }
  }

  static boolean isId(String text) {
    return text != null && ID.matcher(text).matches();
  }

  private void rule(String prefix, RuleDefinition rule) {
    Set<String> named = new TreeSet<>();
    if (!isId(rule.id())) {
      named.add("id");
      problem(prefix + "id", ID_RULE);
    }
    if (!Effect.ALLOW.text().equals(rule.effect()) && !Effect.DENY.text().equals(rule.effect())) {
      named.add("effect");
      problem(prefix + "effect", "must be allow or deny");
    }
    if (!rule.role().equals(Rule.ANY) && !roles.contains(rule.role())) {
      named.add("role");
      problem(prefix + "role", "is no role of the tenant");
    }
    boolean typed = rule.resourceType() != null && vocabulary.knowsType(rule.resourceType());
    if (!typed) {
      named.add("resourceType");
      problem(prefix + "resourceType", "is no type that the tenant's rules may speak of");
    }
    if (rule.action() == null
        || (typed && !vocabulary.knowsAction(rule.resourceType(), rule.action()))) {
      named.add("action");
      problem(prefix + "action", "is no action of the type");
    }
    if (rule.condition().indexOf('\0') >= 0) {
      named.add("condition");
      problem(prefix + "condition", "must not have the character NUL");
    }
    description(prefix + "description", rule.description());
    compile(prefix, rule, named);
  }

  private void compile(String prefix, RuleDefinition rule, Set<String> named) {
    Rule sound =
        new Rule(
            named.contains("id") ? "id" : rule.id(),
            Effect.ALLOW,
            named.contains("role") ? Rule.ANY : rule.role(),
            named.contains("resourceType") ? Rule.ANY : rule.resourceType(),
            named.contains("action") ? Rule.ANY : rule.action(),
            named.contains("condition") ? "" : rule.condition(),
            "");
    RuleCheck check =
        new RuleCheck(vocabulary.attributesOf(sound.resourceType()), PlatformTypes.LIMITS);
    for (RuleProblem found : check.check(Layer.TENANT, sound)) {
      String place = found.position() < 0 ? "" : "at character " + found.position() + ": ";
      problem(prefix + found.field(), place + found.message());
    }
  }

  private void description(String field, String text) {
    if (text != null && text.length() > MAX_DESCRIPTION) {
      problem(field, "must not be longer than " + MAX_DESCRIPTION + " characters");
    }
    if (text != null && text.indexOf('\0') >= 0) {
      problem(field, "must not have the character NUL");
    }
  }

  private void problem(String field, String message) {
    problems.add(new FieldProblem(field, message));
  }
}
