package io.platformapi.routes.support;

/** Kafka did not acknowledge in time; what was sent may or may not be there. */
public final class PublishUnavailableException extends RuntimeException {
  public PublishUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
