package io.platformapi.service.http;

import io.platformapi.service.problem.SignInRefusedException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.util.Map;

/** 401 `unauthenticated`: sign in again. */
final class SignInRefusedMapper implements ExceptionMapper<SignInRefusedException> {
  private final ErrorResponses errors;

  SignInRefusedMapper(ErrorResponses errors) {
    this.errors = errors;
  }

  @Override
  public Response toResponse(SignInRefusedException exception) {
    return errors
        .builder(ErrorCode.UNAUTHENTICATED, exception.getMessage(), Map.of())
        .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer")
        .build();
  }
}
