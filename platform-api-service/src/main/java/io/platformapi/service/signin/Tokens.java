package io.platformapi.service.signin;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * The tokens of a session.
 *
 * @param accessToken for the header {@code Authorization}
 * @param refreshToken for the next refresh, or null when the issuer gives none
 * @param idToken who signed in, or null
 * @param tokenType {@code Bearer}
 * @param expiresIn seconds until the access token ends
 * @param scope scopes of the access token, separated by spaces; empty for none
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Tokens(
    String accessToken,
    String refreshToken,
    String idToken,
    String tokenType,
    long expiresIn,
    String scope) {

  Tokens withIdToken(String other) {
    return new Tokens(accessToken, refreshToken, other, tokenType, expiresIn, scope);
  }

  Tokens withRefreshToken(String other) {
    return new Tokens(accessToken, other, idToken, tokenType, expiresIn, scope);
  }

  /** Without the tokens. */
  @Override
  public String toString() {
    return "Tokens[expiresIn=" + expiresIn + ", scope=" + scope + "]";
  }
}
