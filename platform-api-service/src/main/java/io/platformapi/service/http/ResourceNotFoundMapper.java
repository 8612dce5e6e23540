package io.platformapi.service.http;

import io.platformapi.service.problem.ResourceNotFoundException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;

/** 404 `not_found`: nothing there, or not for this caller. */
final class ResourceNotFoundMapper implements ExceptionMapper<ResourceNotFoundException> {
  private final ErrorResponses errors;

  ResourceNotFoundMapper(ErrorResponses errors) {
    this.errors = errors;
  }

  @Override
  public Response toResponse(ResourceNotFoundException exception) {
    return errors.of(ErrorCode.NOT_FOUND, exception.getMessage());
  }
}
