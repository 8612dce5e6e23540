package io.platformapi.service.auth;

import java.net.URI;
import java.util.Optional;

/**
 * Where the issuer's endpoints are: what we call ourselves as paths behind Kong, what a browser
 * visits as URLs of the issuer.
 *
 * @param keys path of the keys behind Kong
 * @param token path of the token endpoint behind Kong, or null
 * @param revocation path of the revocation endpoint (RFC 7009) behind Kong, or null
 * @param authorization URL of the authorization endpoint, or null
 * @param endSession URL of the end-session endpoint, or null
 */
public record OidcEndpoints(
    String keys, String token, String revocation, URI authorization, URI endSession) {

  public Optional<String> tokenPath() {
    return Optional.ofNullable(token);
  }

  public Optional<String> revocationPath() {
    return Optional.ofNullable(revocation);
  }

  public Optional<URI> authorizationUrl() {
    return Optional.ofNullable(authorization);
  }

  public Optional<URI> endSessionUrl() {
    return Optional.ofNullable(endSession);
  }
}
