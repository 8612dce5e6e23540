package io.platformapi.routes.ingestion;

/**
 * A posted body was empty, or not JSON in some piece. All that was readable is on the topic, each
 * other piece in the dead-letter topic as a digest.
 */
public final class MalformedBodyException extends RuntimeException {
  private final transient IngestResult result;

  public MalformedBodyException(IngestResult result) {
    super("the body is not JSON throughout: " + result);
    this.result = result;
  }

  public IngestResult result() {
    return result;
  }
}
