package io.platformapi.service.problem;

import java.time.Duration;

/** A part that the request needs cannot be used now; try again later. */
public final class UnavailableException extends RuntimeException {
  private final Duration retryAfter;

  public UnavailableException(String message, Duration retryAfter) {
    super(message);
    this.retryAfter = retryAfter;
  }

  public Duration retryAfter() {
    return retryAfter;
  }
}
