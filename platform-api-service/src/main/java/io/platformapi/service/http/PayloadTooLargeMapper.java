package io.platformapi.service.http;

import io.platformapi.service.problem.PayloadTooLargeException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;

/** 413 `payload_too_large`: the rest of the body is not read. */
final class PayloadTooLargeMapper implements ExceptionMapper<PayloadTooLargeException> {
  private final ErrorResponses errors;

  PayloadTooLargeMapper(ErrorResponses errors) {
    this.errors = errors;
  }

  @Override
  public Response toResponse(PayloadTooLargeException exception) {
    return errors.of(ErrorCode.PAYLOAD_TOO_LARGE, exception.getMessage());
  }
}
