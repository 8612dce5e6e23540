package io.platformapi.service.usage;

/** What an adjustment was to take back is not there any more, or what it was to post is. */
public final class StaleAdjustmentException extends RuntimeException {
  public StaleAdjustmentException() {
    super("the ledger has changed under an adjustment", null, false, false);
  }
}
