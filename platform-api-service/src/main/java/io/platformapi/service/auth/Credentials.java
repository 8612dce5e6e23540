package io.platformapi.service.auth;

import io.platformapi.service.problem.UnauthenticatedException;
import java.util.List;

/** Turns what a request shows into the identity behind it. */
public final class Credentials {
  private final TokenVerifier tokens;

  public Credentials(TokenVerifier tokens) {
    this.tokens = tokens;
  }

  /**
   * @param authorization all values of the header {@code Authorization}, or null
   * @throws UnauthenticatedException without one valid credential
   * @throws io.platformapi.service.problem.UnavailableException when that cannot be told now
   */
  Identity identify(List<String> authorization) {
    return Identity.of(tokens.verify(BearerToken.of(authorization)));
  }
}
