package io.platformapi.service.http;

import io.platformapi.service.problem.ValidationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.util.Map;

/** 422 `validation_failed`: names each field that breaks a rule, never its value. */
final class ValidationMapper implements ExceptionMapper<ValidationException> {
  private final ErrorResponses errors;

  ValidationMapper(ErrorResponses errors) {
    this.errors = errors;
  }

  @Override
  public Response toResponse(ValidationException exception) {
    return errors.of(
        ErrorCode.VALIDATION_FAILED, exception.getMessage(), Map.of("fields", exception.fields()));
  }
}
