package io.platformapi.routes.ingestion;

/** The dead letters cannot be read now. */
public final class DeadLettersUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DeadLettersUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
