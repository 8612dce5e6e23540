package io.platformapi.service.signin;

import io.platformapi.service.problem.FieldProblem;
import io.platformapi.service.problem.ValidationException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Checks what callers send to sign in, refresh and log out. */
final class SignInRules {
  /** Gives an ID token, without which nobody is known. */
  static final String OPENID = "openid";

  /** Gives a refresh token. */
  static final String OFFLINE_ACCESS = "offline_access";

  /** Lets Logto issue tokens for an organization. */
  static final String ORGANIZATIONS = "urn:logto:scope:organizations";

  private static final List<String> USUAL = List.of("profile", OFFLINE_ACCESS);
  // RFC 6749, section 3.3.
  private static final Pattern SCOPE = Pattern.compile("[\\x21\\x23-\\x5B\\x5D-\\x7E]{1,128}");
  private static final Pattern SECRET = Pattern.compile("[\\x21-\\x7E]{1,4096}");
  private static final Pattern ORGANIZATION = Pattern.compile("[A-Za-z0-9_-]{1,128}");
  private static final int MAX_SCOPES = 100;

  private final List<String> redirectUris;
  private final List<String> postLogoutRedirectUris;

  SignInRules(List<String> redirectUris, List<String> postLogoutRedirectUris) {
    this.redirectUris = redirectUris;
    this.postLogoutRedirectUris = postLogoutRedirectUris;
  }

  /**
   * The scopes to ask for.
   *
   * @throws ValidationException with every broken rule
   */
  Set<String> check(NewSignIn given) {
    List<FieldProblem> problems = new ArrayList<>();
    body(given);
    if (given.redirectUri() == null || !redirectUris.contains(given.redirectUri())) {
      problems.add(new FieldProblem("redirectUri", "must be one of those configured"));
    }
    scopes(problems, given.scopes());
    organization(problems, given.organizationId());
    refuse(problems);
    Set<String> scopes = new LinkedHashSet<>();
    scopes.add(OPENID);
    scopes.addAll(given.scopes() == null ? USUAL : given.scopes());
    if (given.organizationId() != null) {
      scopes.add(OFFLINE_ACCESS);
      scopes.add(ORGANIZATIONS);
    }
    return scopes;
  }

  void check(Callback given) {
    List<FieldProblem> problems = new ArrayList<>();
    body(given);
    secret(problems, "code", given.code(), true);
    secret(problems, "state", given.state(), true);
    secret(problems, "iss", given.iss(), false);
    refuse(problems);
  }

  void check(RefreshRequest given) {
    List<FieldProblem> problems = new ArrayList<>();
    body(given);
    secret(problems, "refreshToken", given.refreshToken(), true);
    scopes(problems, given.scopes());
    organization(problems, given.organizationId());
    refuse(problems);
  }

  void check(Logout given) {
    List<FieldProblem> problems = new ArrayList<>();
    secret(problems, "refreshToken", given.refreshToken(), false);
    secret(problems, "idToken", given.idToken(), false);
    String uri = given.postLogoutRedirectUri();
    if (uri != null && !postLogoutRedirectUris.contains(uri)) {
      problems.add(new FieldProblem("postLogoutRedirectUri", "must be one of those configured"));
    }
    refuse(problems);
  }

  private static void body(Object given) {
    if (given == null) {
      throw new ValidationException("body", "is required");
    }
  }

  private static void scopes(List<FieldProblem> problems, List<String> scopes) {
    if (scopes == null) {
      return;
    }
    if (scopes.size() > MAX_SCOPES) {
      problems.add(new FieldProblem("scopes", "must be at most " + MAX_SCOPES));
      return;
    }
    for (int i = 0; i < scopes.size(); i++) {
      if (scopes.get(i) == null || !SCOPE.matcher(scopes.get(i)).matches()) {
        problems.add(
            new FieldProblem(
                "scopes[" + i + "]",
                "must be 1 to 128 visible ASCII characters without quotes and backslashes"));
      }
    }
  }

  private static void organization(List<FieldProblem> problems, String id) {
    if (id != null && !ORGANIZATION.matcher(id).matches()) {
      problems.add(
          new FieldProblem("organizationId", "must be 1 to 128 of A-Z, a-z, 0-9, '_' and '-'"));
    }
  }

  private static void secret(
      List<FieldProblem> problems, String field, String value, boolean required) {
    if (value == null ? required : !SECRET.matcher(value).matches()) {
      problems.add(new FieldProblem(field, "must be 1 to 4096 visible ASCII characters"));
    }
  }

  private static void refuse(List<FieldProblem> problems) {
    if (!problems.isEmpty()) {
      throw new ValidationException(problems);
    }
  }
}
