package io.platformapi.service.tenant;

import io.platformapi.service.http.Uuid7;
import io.platformapi.service.problem.FieldProblem;
import io.platformapi.service.problem.ValidationException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/** Checks what a new tenant may look like and fills in what is absent. */
final class NewTenantRules {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
  private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");
  private static final int MAX_NAME = 200;
  private static final int MAX_REFERENCE = 255;
  private static final int MAX_REFERENCES = 1000;

  /**
   * @throws ValidationException with every broken rule
   */
  NewTenant complete(NewTenant given) {
    if (given == null) {
      throw new ValidationException("body", "is required");
    }
    List<FieldProblem> problems = new ArrayList<>();
    NewTenant tenant =
        new NewTenant(
            given.id() == null ? Uuid7.next().toString() : given.id(),
            given.name(),
            given.org(),
            given.plan() == null ? "free" : given.plan(),
            given.platformId() == null ? "default" : given.platformId(),
            given.currency() == null ? "USD" : given.currency(),
            references(problems, "litellmTeams", given.litellmTeams()),
            references(problems, "litellmOrganizations", given.litellmOrganizations()),
            given.userProvisioning() == null
                ? UserProvisioning.OFF.code()
                : given.userProvisioning());
    slug(problems, "id", tenant.id());
    slug(problems, "plan", tenant.plan());
    slug(problems, "platformId", tenant.platformId());
    if (tenant.name() == null) {
      problems.add(new FieldProblem("name", "is required"));
    } else {
      text(problems, "name", tenant.name(), MAX_NAME);
    }
    if (tenant.org() != null) {
      text(problems, "org", tenant.org(), MAX_REFERENCE);
    }
    if (!CURRENCY.matcher(tenant.currency()).matches()) {
      problems.add(new FieldProblem("currency", "must be a three-letter currency code"));
    }
    if (UserProvisioning.of(tenant.userProvisioning()).isEmpty()) {
      problems.add(new FieldProblem("userProvisioning", "must be one of off, jit"));
    }
    if (!problems.isEmpty()) {
      throw new ValidationException(problems);
    }
    return tenant;
  }

  /**
   * The plan that a patch names.
   *
   * @throws ValidationException when it is not valid
   */
  String plan(TenantPatch patch) {
    if (patch == null || patch.plan() == null) {
      throw new ValidationException("plan", "is required");
    }
    List<FieldProblem> problems = new ArrayList<>();
    slug(problems, "plan", patch.plan());
    if (!problems.isEmpty()) {
      throw new ValidationException(problems);
    }
    return patch.plan();
  }

  private static void slug(List<FieldProblem> problems, String field, String value) {
    if (!ID.matcher(value).matches()) {
      problems.add(
          new FieldProblem(
              field,
              "must be 1 to 63 of A-Z, a-z, 0-9, '.', '_' and '-', and begin with a letter or digit"));
    }
  }

  private static void text(List<FieldProblem> problems, String field, String value, int max) {
    if (value.isBlank()
        || value.length() > max
        || value.chars().anyMatch(Character::isISOControl)) {
      problems.add(
          new FieldProblem(
              field, "must be 1 to " + max + " characters without control characters"));
    }
  }

  private static List<String> references(
      List<FieldProblem> problems, String field, List<String> values) {
    if (values == null) {
      return List.of();
    }
    if (values.size() > MAX_REFERENCES) {
      problems.add(new FieldProblem(field, "must be at most " + MAX_REFERENCES));
      return List.of();
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < values.size(); i++) {
      String path = field + "[" + i + "]";
      String value = values.get(i);
      if (value == null) {
        problems.add(new FieldProblem(path, "must not be null"));
      } else {
        text(problems, path, value, MAX_REFERENCE);
        if (!seen.add(value)) {
          problems.add(new FieldProblem(path, "is there twice"));
        }
      }
    }
    return values.stream().filter(Objects::nonNull).sorted().toList();
  }
}
