package io.platformapi.service.problem;

/** What we depend on has answered, and the answer is of no use. */
public final class UpstreamFailedException extends RuntimeException {
  public UpstreamFailedException(String message) {
    super(message);
  }
}
