package io.platformapi.service.http;

import io.platformapi.service.problem.PreconditionFailedException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;

/** 412 `precondition_failed`: the caller meant another version. */
final class PreconditionFailedMapper implements ExceptionMapper<PreconditionFailedException> {
  private final ErrorResponses errors;

  PreconditionFailedMapper(ErrorResponses errors) {
    this.errors = errors;
  }

  @Override
  public Response toResponse(PreconditionFailedException exception) {
    return errors.of(ErrorCode.PRECONDITION_FAILED, exception.getMessage());
  }
}
