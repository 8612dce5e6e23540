package io.platformapi.service.problem;

import java.util.List;

/** Well-formed input breaks a rule; names each field, never its value. */
public final class ValidationException extends RuntimeException {
  private final List<FieldProblem> fields;

  public ValidationException(List<FieldProblem> fields) {
    super("the request is not valid");
    this.fields = List.copyOf(fields);
  }

  public ValidationException(String field, String message) {
    this(List.of(new FieldProblem(field, message)));
  }

  public List<FieldProblem> fields() {
    return fields;
  }
}
