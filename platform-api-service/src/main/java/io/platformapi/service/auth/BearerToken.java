package io.platformapi.service.auth;

import io.platformapi.service.problem.UnauthenticatedException;
import java.util.List;

/** Takes the bearer token out of a request's Authorization header (RFC 6750, section 2.1). */
final class BearerToken {
  private static final String SCHEME = "bearer ";

  private BearerToken() {}

  /**
   * @param authorization all values of the header, or null
   * @throws UnauthenticatedException when there is not exactly one bearer token
   */
  static String of(List<String> authorization) {
    if (authorization == null || authorization.isEmpty()) {
      throw new UnauthenticatedException(false, "no token");
    }
    String value = authorization.get(0);
    if (authorization.size() > 1 || !value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      throw new UnauthenticatedException(true, "not one bearer token");
    }
    return value.substring(SCHEME.length()).strip();
  }
}
