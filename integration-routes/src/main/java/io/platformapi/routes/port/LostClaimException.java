package io.platformapi.routes.port;

/** Another node works on the run now. */
public final class LostClaimException extends RuntimeException {
  public LostClaimException() {
    super("another node works on the run", null, false, false);
  }
}
