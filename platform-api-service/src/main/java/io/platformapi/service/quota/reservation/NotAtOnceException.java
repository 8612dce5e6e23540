package io.platformapi.service.quota.reservation;

/** Something is not as it was hoped to be: nothing was changed, and has to be done step by step. */
public final class NotAtOnceException extends RuntimeException {
  public NotAtOnceException(String message, Throwable cause) {
    super(message, cause, false, false);
  }
}
