package io.platformapi.service.problem;

/** The caller is known and may not do this. */
public final class ForbiddenException extends RuntimeException {
  public ForbiddenException(String message) {
    super(message);
  }
}
