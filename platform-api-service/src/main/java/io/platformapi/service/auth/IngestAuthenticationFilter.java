package io.platformapi.service.auth;

import io.platformapi.service.problem.UnauthenticatedException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;

/** Lets only the holder of an ingest token through. */
final class IngestAuthenticationFilter implements ContainerRequestFilter {
  private final IngestTokens tokens;

  IngestAuthenticationFilter(IngestTokens tokens) {
    this.tokens = tokens;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    String token = BearerToken.of(request.getHeaders().get(HttpHeaders.AUTHORIZATION));
    if (!tokens.accepts(token)) {
      throw new UnauthenticatedException(true, "not an ingest token");
    }
  }
}
