package io.platformapi.service.local;

import java.util.Map;

/**
 * An error as a Logto 1.37.1 answers it.
 *
 * @param status HTTP status
 * @param error OAuth error code
 */
record OidcError(int status, String error, String message, String description) {
  static OidcError invalidGrant() {
    return new OidcError(
        400, "invalid_grant", "Grant request is invalid.", "grant request is invalid");
  }

  static OidcError invalidClient() {
    return new OidcError(
        401,
        "invalid_client",
        "An OIDC error occurred: oidc.invalid_client.",
        "client authentication failed");
  }

  static OidcError invalidTarget(String description) {
    return new OidcError(400, "invalid_target", "Invalid resource indicator.", description);
  }

  static OidcError invalidScope() {
    return new OidcError(
        400, "invalid_scope", "Scope is not supported.", "refresh token missing requested scope");
  }

  static OidcError accessDenied(String description) {
    return new OidcError(403, "access_denied", "Access denied.", description);
  }

  static OidcError unsupportedGrantType() {
    return new OidcError(
        400,
        "unsupported_grant_type",
        "An OIDC error occurred: oidc.unsupported_grant_type.",
        "unsupported grant_type requested");
  }

  Map<String, Object> body() {
    return Map.of(
        "code", "oidc." + error,
        "message", message,
        "error", error,
        "error_description", description);
  }
}
