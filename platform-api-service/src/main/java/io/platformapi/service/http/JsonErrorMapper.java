package io.platformapi.service.http;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonGenerationException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.exc.PropertyBindingException;
import io.platformapi.service.problem.FieldProblem;
import io.platformapi.service.problem.ValidationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * 400 `malformed_request` for a body that is no JSON, 422 `validation_failed` for one of other
 * fields or types.
 */
final class JsonErrorMapper implements ExceptionMapper<JacksonException> {
  private final Logger log = LoggerFactory.getLogger(JsonErrorMapper.class);
  private final ErrorResponses errors;

  JsonErrorMapper(ErrorResponses errors) {
    this.errors = errors;
  }

  @Override
  public Response toResponse(JacksonException exception) {
    if (exception instanceof InvalidDefinitionException
        || exception instanceof JsonGenerationException) {
      log.error("a body cannot be mapped", exception);
      return errors.of(ErrorCode.INTERNAL, "the request failed on our side");
    }
    if (exception.getCause() instanceof ValidationException rule) {
      return invalid(rule.fields());
    }
    // The exception quotes the input, which may be a secret: only the place is told.
    if (exception instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
      String message =
          mapping instanceof PropertyBindingException
              ? "is not a known field"
              : "has not the expected type";
      return invalid(List.of(new FieldProblem(path(mapping), message)));
    }
    JsonLocation at = exception.getLocation();
    return errors.of(
        ErrorCode.MALFORMED_REQUEST,
        "the body is not the JSON that is expected here",
        at == null ? Map.of() : Map.of("line", at.getLineNr(), "column", at.getColumnNr()));
  }

  private Response invalid(List<FieldProblem> fields) {
    return errors.of(
        ErrorCode.VALIDATION_FAILED, "the request is not valid", Map.of("fields", fields));
  }

  private static String path(JsonMappingException exception) {
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference step : exception.getPath()) {
      if (step.getFieldName() == null) {
        path.append('[').append(step.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
      }
    }
    return path.toString();
  }
}
