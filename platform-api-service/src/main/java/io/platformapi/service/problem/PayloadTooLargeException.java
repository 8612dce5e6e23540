package io.platformapi.service.problem;

import java.io.IOException;

/** The body is larger than the endpoint takes; seen while it is read, so it is an I/O error. */
public final class PayloadTooLargeException extends IOException {
  public PayloadTooLargeException(long maximumBytes) {
    super("the body is larger than " + maximumBytes + " bytes");
  }
}
