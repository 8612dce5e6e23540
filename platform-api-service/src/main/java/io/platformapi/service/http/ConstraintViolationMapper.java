package io.platformapi.service.http;

import io.platformapi.service.problem.FieldProblem;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * 422 `validation_failed` from the annotations on bodies and parameters; 500 for our own answers.
 */
final class ConstraintViolationMapper implements ExceptionMapper<ConstraintViolationException> {
  private static final String BODY = "body";

  private final Logger log = LoggerFactory.getLogger(ConstraintViolationMapper.class);
  private final ErrorResponses errors;

  ConstraintViolationMapper(ErrorResponses errors) {
    this.errors = errors;
  }

  @Override
  public Response toResponse(ConstraintViolationException exception) {
    if (exception.getConstraintViolations().stream().anyMatch(this::ofAnswer)) {
      log.error("an answer breaks its own rules", exception);
      return errors.of(ErrorCode.INTERNAL, "the request failed on our side");
    }
    List<FieldProblem> fields =
        exception.getConstraintViolations().stream()
            .map(violation -> new FieldProblem(field(violation), violation.getMessage()))
            .sorted(Comparator.comparing(FieldProblem::field))
            .toList();
    return errors.of(
        ErrorCode.VALIDATION_FAILED, "the request is not valid", Map.of("fields", fields));
  }

  private boolean ofAnswer(ConstraintViolation<?> violation) {
    for (Path.Node node : violation.getPropertyPath()) {
      if (node.getKind() == ElementKind.RETURN_VALUE) {
        return true;
      }
    }
    return false;
  }

  /** Path inside the body, or the name of the parameter as the caller wrote it. */
  private static String field(ConstraintViolation<?> violation) {
    StringBuilder path = new StringBuilder();
    String parameter = BODY;
    for (Path.Node node : violation.getPropertyPath()) {
      if (node.getKind() == ElementKind.PARAMETER) {
        // Dropwizard names it "query param limit", or "The request body".
        String name = String.valueOf(node.getName());
        parameter = name.contains(" param ") ? name.substring(name.lastIndexOf(' ') + 1) : BODY;
      } else if (node.getKind() != ElementKind.METHOD) {
        if (node.getIndex() != null) {
          path.append('[').append(node.getIndex()).append(']');
        }
        if (node.getName() != null && node.getKind() == ElementKind.PROPERTY) {
          path.append(path.isEmpty() ? "" : ".").append(node.getName());
        }
      }
    }
    return path.isEmpty() ? parameter : path.toString();
  }
}
