package io.platformapi.service.policy;

import io.platformapi.service.policy.condition.AttributeSchema;
import io.platformapi.service.policy.condition.AttributeType;
import io.platformapi.service.problem.FieldProblem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Checks a schema, all of it, before it is stored. */
final class SchemaRules {
  static final int MAX_ATTRIBUTES = 200;
  static final int MAX_TYPES = 200;
  static final int MAX_ACTIONS = 100;

  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.:-]{0,62}");
  private static final String NAME_RULE =
      "must be 1 to 63 letters, digits, '_', '.', ':' or '-', beginning with a letter";
  private static final String TYPES =
      Arrays.stream(AttributeType.values())
          .map(AttributeType::text)
          .collect(Collectors.joining(", "));

  private final List<FieldProblem> problems = new ArrayList<>();
  private AttributeSchema declared = AttributeSchema.builtIn();

  private SchemaRules() {}

  /** What is wrong with it; empty when nothing is. */
  static List<FieldProblem> check(PolicySchema schema) {
    SchemaRules rules = new SchemaRules();
    rules.attributes("subject", Vocabulary.SUBJECT, schema.subject());
    rules.attributes("context", Vocabulary.CONTEXT, schema.context());
    if (schema.resources().size() > MAX_TYPES) {
      rules.problem("resources", "must not have more than " + MAX_TYPES + " items");
      return rules.problems;
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < schema.resources().size(); i++) {
      rules.kind("resources[" + i + "]", schema.resources().get(i), names);
    }
    return rules.problems;
  }

  private void kind(String path, ResourceKind kind, Set<String> names) {
    if (kind == null) {
      problem(path, "is required");
      return;
    }
    if (kind.type() == null || !NAME.matcher(kind.type()).matches()) {
      problem(path + ".type", NAME_RULE);
    } else if (PlatformTypes.reserved(kind.type())) {
      problem(path + ".type", "is a type of the platform");
    } else if (!names.add(kind.type())) {
      problem(path + ".type", "is declared twice");
    }
    actions(path + ".actions", kind.actions());
    attributes(path + ".attributes", Vocabulary.RESOURCE, kind.attributes());
  }

  private void actions(String path, List<String> actions) {
    if (actions == null || actions.isEmpty() || actions.size() > MAX_ACTIONS) {
      problem(path, "must have 1 to " + MAX_ACTIONS + " items");
      return;
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < actions.size(); i++) {
      String action = actions.get(i);
      if (action == null || !NAME.matcher(action).matches()) {
        problem(path + "[" + i + "]", NAME_RULE);
      } else if (!seen.add(action)) {
        problem(path + "[" + i + "]", "is declared twice");
      }
    }
  }

  private void attributes(String path, String prefix, Map<String, String> attributes) {
    if (attributes.size() > MAX_ATTRIBUTES) {
      problem(path, "must not have more than " + MAX_ATTRIBUTES + " attributes");
      return;
    }
    attributes.forEach(
        (name, text) -> {
          Optional<AttributeType> type = Vocabulary.type(text);
          if (type.isEmpty()) {
            problem(path + "." + name, "must be one of " + TYPES);
            return;
          }
          if (AttributeSchema.builtIn().type(prefix + name).isPresent()) {
            problem(path + "." + name, "is built in");
            return;
          }
          Optional<String> wrong = declared.problem(prefix + name, type.get());
          if (wrong.isPresent()) {
            problem(path + "." + name, wrong.get());
          } else {
            declared = declared.with(Map.of(prefix + name, type.get()));
          }
        });
  }

  private void problem(String field, String message) {
    problems.add(new FieldProblem(field, message));
  }
}
