package io.platformapi.service.problem;

/** The credential is absent or not valid; the reason is for the log, never for the caller. */
public final class UnauthenticatedException extends RuntimeException {
  private final boolean presented;

  /**
   * @param presented whether a credential was given at all
   * @param reason why it was refused, without any part of it
   */
  public UnauthenticatedException(boolean presented, String reason) {
    super(reason);
    this.presented = presented;
  }

  public boolean presented() {
    return presented;
  }
}
