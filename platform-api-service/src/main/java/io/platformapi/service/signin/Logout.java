package io.platformapi.service.signin;

/**
 * Ends a session.
 *
 * @param refreshToken to be revoked at the issuer too, or null
 * @param idToken tells the issuer whose session ends, so it need not ask the user, or null
 * @param postLogoutRedirectUri where the issuer leads the user afterwards; one of those configured,
 *     or null
 */
public record Logout(String refreshToken, String idToken, String postLogoutRedirectUri) {
  static final Logout PLAIN = new Logout(null, null, null);

  /** Without the tokens. */
  @Override
  public String toString() {
    return "Logout[postLogoutRedirectUri=" + postLogoutRedirectUri + "]";
  }
}
