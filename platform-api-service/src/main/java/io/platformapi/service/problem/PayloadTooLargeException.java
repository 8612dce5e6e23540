package io.platformapi.service.problem;

/** The body is larger than the endpoint takes. */
public final class PayloadTooLargeException extends RuntimeException {
  public PayloadTooLargeException(long maximumBytes) {
    super("the body is larger than " + maximumBytes + " bytes");
  }
}
