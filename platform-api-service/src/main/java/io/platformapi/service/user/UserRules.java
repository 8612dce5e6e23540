package io.platformapi.service.user;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.problem.FieldProblem;
import io.platformapi.service.problem.ValidationException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Checks what a user may look like. */
final class UserRules {
  // Whether a mailbox exists only mail can tell; this keeps out what cannot be an address.
  private static final Pattern EMAIL = Pattern.compile("[^\\s@]+@[^\\s@]+");
  private static final Pattern ROLE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
  private static final int MAX_EMAIL = 254;
  private static final int MAX_NAME = 200;
  private static final int MAX_ROLES = 100;

  private final List<FieldProblem> problems = new ArrayList<>();

  private UserRules() {}

  /**
   * @throws ValidationException with every broken rule
   */
  static Profile check(NewUser given) {
    if (given == null) {
      throw new ValidationException("body", "is required");
    }
    UserRules rules = new UserRules();
    return rules.done(
        new Profile(
            rules.subject(given.subject()),
            rules.email(given.email()),
            rules.displayName(given.displayName()),
            UserStatus.ACTIVE,
            rules.roles(given.roles() == null ? List.of() : given.roles()),
            new Attributes(rules.problems).merge(Map.of(), given.attributes())));
  }

  /**
   * The profile that a patch makes of the present one.
   *
   * @throws ValidationException with every broken rule
   */
  static Profile check(Profile present, UserPatch patch) {
    if (patch == null) {
      throw new ValidationException("body", "is required");
    }
    UserRules rules = new UserRules();
    return rules.done(
        new Profile(
            patch.subject() == null
                ? present.subject()
                : rules.subject(rules.text("subject", patch.subject())),
            patch.email() == null
                ? present.email()
                : rules.email(rules.text("email", patch.email())),
            patch.displayName() == null
                ? present.displayName()
                : rules.displayName(rules.text("displayName", patch.displayName())),
            patch.status() == null ? present.status() : rules.status(patch.status()),
            patch.roles() == null ? present.roles() : rules.roles(rules.list(patch.roles())),
            new Attributes(rules.problems).merge(present.attributes(), patch.attributes())));
  }

  /** What the query parameter {@code status} of the list means, or null when it is absent. */
  static UserStatus listed(String status) {
    if (status == null) {
      return null;
    }
    return UserStatus.of(status)
        .filter(value -> value != UserStatus.DELETED)
        .orElseThrow(() -> new ValidationException("status", "must be one of active, suspended"));
  }

  private Profile done(Profile profile) {
    if (problems.isEmpty() && profile.subject() == null && profile.email() == null) {
      problems.add(new FieldProblem("subject", "is required when there is no email"));
    }
    if (!problems.isEmpty()) {
      throw new ValidationException(problems);
    }
    return profile;
  }

  private String subject(String text) {
    if (text != null && !Texts.subject(text)) {
      problem("subject", "must be 1 to 256 characters, none of them control");
    }
    return text;
  }

  private String email(String text) {
    if (text != null && !(Texts.plain(text, 3, MAX_EMAIL) && EMAIL.matcher(text).matches())) {
      problem("email", "must be an address of at most " + MAX_EMAIL + " characters");
    }
    return text;
  }

  private String displayName(String text) {
    if (text != null && (text.isBlank() || !Texts.plain(text, 1, MAX_NAME))) {
      problem("displayName", "must be 1 to " + MAX_NAME + " characters, none of them control");
    }
    return text;
  }

  private UserStatus status(JsonNode node) {
    String code = node.isTextual() ? node.textValue() : "";
    if (!code.equals(UserStatus.ACTIVE.code()) && !code.equals(UserStatus.SUSPENDED.code())) {
      problem("status", "must be one of active, suspended");
    }
    return UserStatus.of(code).orElse(null);
  }

  private SortedSet<String> roles(List<String> names) {
    if (names.size() > MAX_ROLES) {
      problem("roles", "must not be more than " + MAX_ROLES);
      return Collections.emptySortedSet();
    }
    SortedSet<String> roles = new TreeSet<>();
    for (int i = 0; i < names.size(); i++) {
      String path = "roles[" + i + "]";
      String name = names.get(i);
      if (name == null || !ROLE.matcher(name).matches()) {
        problem(
            path,
            "must be 1 to 63 of A-Z, a-z, 0-9, '.', '_' and '-', and begin with a letter or digit");
      } else if (!roles.add(name)) {
        problem(path, "is there twice");
      }
    }
    return roles;
  }

  private List<String> list(JsonNode node) {
    if (node.isNull()) {
      return List.of();
    }
    if (!node.isArray()) {
      problem("roles", "must be a list");
      return List.of();
    }
    return node.valueStream().map(JsonNode::textValue).toList();
  }

  private String text(String field, JsonNode node) {
    if (!node.isNull() && !node.isTextual()) {
      problem(field, "must be a text");
    }
    return node.textValue();
  }

  private void problem(String field, String message) {
    problems.add(new FieldProblem(field, message));
  }
}
