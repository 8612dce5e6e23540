package io.platformapi.service.problem;

/** The Idempotency-Key was used before with another request. */
public final class IdempotencyKeyReusedException extends RuntimeException {
  public IdempotencyKeyReusedException() {
    super("the Idempotency-Key was used with another request");
  }
}
