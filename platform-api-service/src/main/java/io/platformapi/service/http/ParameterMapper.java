package io.platformapi.service.http;

import io.platformapi.service.problem.FieldProblem;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.util.List;
import java.util.Map;
import org.glassfish.jersey.server.ParamException;

/** A parameter of the wrong type: 404 in the path, else 422 `validation_failed`. */
final class ParameterMapper implements ExceptionMapper<ParamException> {
  private final ErrorResponses errors;

  ParameterMapper(ErrorResponses errors) {
    this.errors = errors;
  }

  @Override
  public Response toResponse(ParamException exception) {
    if (exception instanceof ParamException.PathParamException) {
      return errors.of(ErrorCode.NOT_FOUND, "Not Found");
    }
    FieldProblem problem =
        new FieldProblem(exception.getParameterName(), "has not the expected form");
    return errors.of(
        ErrorCode.VALIDATION_FAILED,
        "the request is not valid",
        Map.of("fields", List.of(problem)));
  }
}
