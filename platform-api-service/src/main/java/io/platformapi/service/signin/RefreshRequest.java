package io.platformapi.service.signin;

import java.util.List;

/**
 * Asks for new tokens.
 *
 * @param refreshToken of the tokens before; good for one use when the issuer gives a new one
 * @param scopes fewer scopes than before, or null for the same
 * @param organizationId Logto organization whose tenant the tokens are to act for, or null
 */
public record RefreshRequest(String refreshToken, List<String> scopes, String organizationId) {

  /** Without the token. */
  @Override
  public String toString() {
    return "RefreshRequest[scopes=" + scopes + ", organizationId=" + organizationId + "]";
  }
}
