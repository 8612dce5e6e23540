package io.platformapi.service.http;

import io.platformapi.service.problem.UnavailableException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.util.Map;

/** 503 `unavailable` with `Retry-After`: a part that is needed cannot be used now. */
final class UnavailableMapper implements ExceptionMapper<UnavailableException> {
  private final ErrorResponses errors;

  UnavailableMapper(ErrorResponses errors) {
    this.errors = errors;
  }

  @Override
  public Response toResponse(UnavailableException exception) {
    return errors.retryLater(
        ErrorCode.UNAVAILABLE, exception.getMessage(), Map.of(), exception.retryAfter());
  }
}
