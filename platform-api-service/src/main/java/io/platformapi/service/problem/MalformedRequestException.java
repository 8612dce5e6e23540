package io.platformapi.service.problem;

/** The request cannot be read at all, such as a body that is no JSON. */
public final class MalformedRequestException extends RuntimeException {
  public MalformedRequestException(String message) {
    super(message);
  }
}
