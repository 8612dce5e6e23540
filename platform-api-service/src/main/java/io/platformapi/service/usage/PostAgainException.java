package io.platformapi.service.usage;

/** A posting has to be begun anew, when something has been put right outside of its transaction. */
public final class PostAgainException extends RuntimeException {
  private final transient Runnable repair;

  /**
   * @param repair called after the rollback
   */
  public PostAgainException(String reason, Runnable repair) {
    super(reason);
    this.repair = repair;
  }

  void repair() {
    repair.run();
  }
}
