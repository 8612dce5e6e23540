package io.platformapi.service.signin;

/**
 * What the issuer gave the user's browser to bring back.
 *
 * @param code authorization code
 * @param state as the sign-in was started with
 * @param iss the issuer as it names itself there (RFC 9207), or null
 */
public record Callback(String code, String state, String iss) {

  /** Nothing: each part is a secret. */
  @Override
  public String toString() {
    return "Callback[]";
  }
}
