package io.platformapi.service.apikey;

import io.platformapi.service.auth.AuthAudit.Reason;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.problem.FieldProblem;
import io.platformapi.service.problem.ForbiddenException;
import io.platformapi.service.problem.ValidationException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Checks what a new key may look like, and what its maker may give away. */
final class ApiKeyRules {
  static final Duration MAX_OVERLAP = Duration.ofDays(7);

  private static final int MAX_NAME = 200;
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");
  // A key belongs to a tenant: it administers no tenants and acts for no other one.
  private static final Set<String> GRANTABLE =
      Arrays.stream(Permission.values())
          .filter(Permission::tenantScoped)
          .map(Permission::scope)
          .collect(Collectors.toUnmodifiableSet());

  /**
   * @throws ValidationException with every broken rule
   */
  NewApiKey check(NewApiKey given, Instant now) {
    if (given == null) {
      throw new ValidationException("body", "is required");
    }
    List<FieldProblem> problems = new ArrayList<>();
    name(problems, given.name());
    scopes(problems, given.scopes());
    expiry(problems, given.expiresAt(), now);
    if (!problems.isEmpty()) {
      throw new ValidationException(problems);
    }
    return new NewApiKey(
        given.name(), given.scopes().stream().sorted().toList(), micros(given.expiresAt()));
  }

  /**
   * @throws ValidationException with every broken rule
   */
  KeyRotation check(KeyRotation given, Instant now) {
    if (given == null) {
      throw new ValidationException("body", "is required");
    }
    List<FieldProblem> problems = new ArrayList<>();
    Integer overlap = given.overlapSeconds();
    if (overlap == null || overlap < 0 || overlap > MAX_OVERLAP.toSeconds()) {
      problems.add(
          new FieldProblem(
              "overlapSeconds", "must be a whole number from 0 to " + MAX_OVERLAP.toSeconds()));
    }
    expiry(problems, given.expiresAt(), now);
    if (!problems.isEmpty()) {
      throw new ValidationException(problems);
    }
    return new KeyRotation(overlap, micros(given.expiresAt()));
  }

  /**
   * @throws ForbiddenException when the caller has not all of the scopes itself
   */
  void checkGrant(Caller caller, Collection<String> scopes) {
    for (String scope : scopes) {
      if (!caller.scopes().contains(scope)) {
        throw caller
            .access()
            .refuse(Reason.SCOPE_NOT_OWN, "only who has the scope " + scope + " can give it");
      }
    }
  }

  private static void name(List<FieldProblem> problems, String name) {
    if (name == null
        || name.isBlank()
        || name.length() > MAX_NAME
        || name.chars().anyMatch(Character::isISOControl)) {
      problems.add(
          new FieldProblem(
              "name", "must be 1 to " + MAX_NAME + " characters without control characters"));
    }
  }

  private static void scopes(List<FieldProblem> problems, List<String> scopes) {
    if (scopes == null || scopes.isEmpty()) {
      problems.add(new FieldProblem("scopes", "must have at least one"));
      return;
    }
    if (scopes.size() > GRANTABLE.size()) {
      problems.add(new FieldProblem("scopes", "must be at most " + GRANTABLE.size()));
      return;
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < scopes.size(); i++) {
      if (scopes.get(i) == null || !GRANTABLE.contains(scopes.get(i))) {
        problems.add(
            new FieldProblem(
                "scopes[" + i + "]",
                "must be one of " + String.join(", ", GRANTABLE.stream().sorted().toList())));
      } else if (!seen.add(scopes.get(i))) {
        problems.add(new FieldProblem("scopes[" + i + "]", "is there twice"));
      }
    }
  }

  private static void expiry(List<FieldProblem> problems, Instant expiresAt, Instant now) {
    if (expiresAt != null && (!expiresAt.isAfter(now) || expiresAt.isAfter(LATEST))) {
      problems.add(
          new FieldProblem("expiresAt", "must be in the future, and before the year 10000"));
    }
  }

  private static Instant micros(Instant time) {
    return time == null ? null : time.truncatedTo(ChronoUnit.MICROS);
  }
}
