package io.platformapi.routes.support;

/** An event is larger than its topic allows, now and always. */
public final class EventTooLargeException extends RuntimeException {
  public EventTooLargeException(String message, Throwable cause) {
    super(message, cause);
  }
}
