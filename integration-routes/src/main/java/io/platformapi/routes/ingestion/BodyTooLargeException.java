package io.platformapi.routes.ingestion;

/**
 * A posted body is larger than bodies may be; the events read before the limit are on the topic.
 */
public final class BodyTooLargeException extends RuntimeException {
  public BodyTooLargeException(String message) {
    super(message);
  }
}
