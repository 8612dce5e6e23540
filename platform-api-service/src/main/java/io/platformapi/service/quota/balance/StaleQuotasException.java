package io.platformapi.service.quota.balance;

/** The quotas in memory are not those in the database; they are loaded, and the work begun anew. */
public final class StaleQuotasException extends RuntimeException {
  private final long version;

  /**
   * @param version of those in the database
   */
  public StaleQuotasException(long version) {
    super("the quotas are of version " + version, null, false, false);
    this.version = version;
  }

  public long version() {
    return version;
  }
}
