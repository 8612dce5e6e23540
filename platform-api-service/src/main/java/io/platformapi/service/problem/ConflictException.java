package io.platformapi.service.problem;

/** The change contradicts the present state, such as an id that is taken. */
public final class ConflictException extends RuntimeException {
  public ConflictException(String message) {
    super(message);
  }
}
