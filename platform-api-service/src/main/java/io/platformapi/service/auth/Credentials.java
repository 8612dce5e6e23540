package io.platformapi.service.auth;

import io.platformapi.service.problem.UnauthenticatedException;
import java.util.List;

/** Turns what a request shows into the identity behind it. */
public final class Credentials {
  private final TokenVerifier tokens;
  private final ApiKeys apiKeys;

  public Credentials(TokenVerifier tokens, ApiKeys apiKeys) {
    this.tokens = tokens;
    this.apiKeys = apiKeys;
  }

  /**
   * @param authorization all values of the header {@code Authorization}, or null
   * @throws UnauthenticatedException without one valid credential
   * @throws io.platformapi.service.problem.UnavailableException when that cannot be told now
   */
  Identity identify(List<String> authorization) {
    String shown = BearerToken.of(authorization);
    return apiKeys.recognises(shown)
        ? Identity.of(apiKeys.verify(shown))
        : Identity.of(tokens.verify(shown));
  }
}
