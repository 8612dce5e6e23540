package io.platformapi.service.http;

import io.platformapi.service.problem.ForbiddenException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;

/** 403 `forbidden`: the caller is known and may not do this. */
final class ForbiddenMapper implements ExceptionMapper<ForbiddenException> {
  private final ErrorResponses errors;

  ForbiddenMapper(ErrorResponses errors) {
    this.errors = errors;
  }

  @Override
  public Response toResponse(ForbiddenException exception) {
    return errors.of(ErrorCode.FORBIDDEN, exception.getMessage());
  }
}
