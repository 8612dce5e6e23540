package io.platformapi.service.http;

import io.platformapi.service.problem.UpstreamFailedException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;

/** 502 `upstream_failed`: the answer of what we depend on is of no use. */
final class UpstreamFailedMapper implements ExceptionMapper<UpstreamFailedException> {
  private final ErrorResponses errors;

  UpstreamFailedMapper(ErrorResponses errors) {
    this.errors = errors;
  }

  @Override
  public Response toResponse(UpstreamFailedException exception) {
    return errors.of(ErrorCode.UPSTREAM_FAILED, exception.getMessage());
  }
}
