package io.platformapi.service.http;

import io.platformapi.service.problem.ConflictException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;

/** 409 `conflict`: the change contradicts the present state. */
final class ConflictMapper implements ExceptionMapper<ConflictException> {
  private final ErrorResponses errors;

  ConflictMapper(ErrorResponses errors) {
    this.errors = errors;
  }

  @Override
  public Response toResponse(ConflictException exception) {
    return errors.of(ErrorCode.CONFLICT, exception.getMessage());
  }
}
