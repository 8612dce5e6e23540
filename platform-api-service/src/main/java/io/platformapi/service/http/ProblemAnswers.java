package io.platformapi.service.http;

import io.platformapi.service.persistence.DatabaseUnavailableException;
import io.platformapi.service.persistence.UnknownDatabaseException;
import io.platformapi.service.problem.ConflictException;
import io.platformapi.service.problem.PreconditionFailedException;
import io.platformapi.service.problem.ResourceNotFoundException;
import io.platformapi.service.problem.UnavailableException;
import io.platformapi.service.problem.ValidationException;
import jakarta.ws.rs.core.Response;

/** Answers errors as the API does, for what is not served by Jersey. */
public final class ProblemAnswers {
  private final ErrorResponses errors = new ErrorResponses();

  /** Status and envelope; what is no problem of ours becomes 500, and its cause goes to the log. */
  public Response of(Exception problem) {
    if (problem instanceof ValidationException e) {
      return new ValidationMapper(errors).toResponse(e);
    }
    if (problem instanceof ResourceNotFoundException e) {
      return new ResourceNotFoundMapper(errors).toResponse(e);
    }
    if (problem instanceof ConflictException e) {
      return new ConflictMapper(errors).toResponse(e);
    }
    if (problem instanceof PreconditionFailedException e) {
      return new PreconditionFailedMapper(errors).toResponse(e);
    }
    if (problem instanceof UnavailableException e) {
      return new UnavailableMapper(errors).toResponse(e);
    }
    if (problem instanceof DatabaseUnavailableException e) {
      return new DatabaseUnavailableMapper(errors).toResponse(e);
    }
    if (problem instanceof UnknownDatabaseException e) {
      return new UnknownDatabaseMapper(errors).toResponse(e);
    }
    return new UnexpectedMapper(errors).toResponse(problem);
  }
}
