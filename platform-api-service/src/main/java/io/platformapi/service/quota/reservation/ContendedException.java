package io.platformapi.service.quota.reservation;

/** Others were faster: nothing was changed, and the work may be begun anew. */
public final class ContendedException extends RuntimeException {
  public ContendedException(String message, Throwable cause) {
    super(message, cause, false, false);
  }
}
