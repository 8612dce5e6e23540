package io.platformapi.service.http;

import io.platformapi.service.problem.UnauthenticatedException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.util.Map;

/** 401 `unauthenticated` with a challenge (RFC 6750): why stays in the log. */
final class UnauthenticatedMapper implements ExceptionMapper<UnauthenticatedException> {
  private final ErrorResponses errors;

  UnauthenticatedMapper(ErrorResponses errors) {
    this.errors = errors;
  }

  @Override
  public Response toResponse(UnauthenticatedException exception) {
    String challenge = exception.presented() ? "Bearer error=\"invalid_token\"" : "Bearer";
    return errors
        .builder(ErrorCode.UNAUTHENTICATED, "a valid bearer token is needed", Map.of())
        .header(HttpHeaders.WWW_AUTHENTICATE, challenge)
        .build();
  }
}
