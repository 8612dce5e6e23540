package io.platformapi.service.auth;

import io.platformapi.service.problem.UnauthenticatedException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;

/** Lets only the holder of an ingest token through. */
final class IngestAuthenticationFilter implements ContainerRequestFilter {
  private final IngestTokens tokens;
  private final Refusals refusals;

  IngestAuthenticationFilter(IngestTokens tokens, Refusals refusals) {
    this.tokens = tokens;
    this.refusals = refusals;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    try {
      String token = BearerToken.of(request.getHeaders().get(HttpHeaders.AUTHORIZATION));
      if (!tokens.accepts(token)) {
        throw new UnauthenticatedException(true, "not an ingest token");
      }
    } catch (UnauthenticatedException e) {
      refusals.unauthenticated(e, Attempt.of(request));
      throw e;
    }
  }
}
