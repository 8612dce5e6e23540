package io.platformapi.service.http;

import io.platformapi.service.problem.MalformedRequestException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;

/** 400 `malformed_request`: the request cannot be read. */
final class MalformedRequestMapper implements ExceptionMapper<MalformedRequestException> {
  private final ErrorResponses errors;

  MalformedRequestMapper(ErrorResponses errors) {
    this.errors = errors;
  }

  @Override
  public Response toResponse(MalformedRequestException exception) {
    return errors.of(ErrorCode.MALFORMED_REQUEST, exception.getMessage(), exception.details());
  }
}
