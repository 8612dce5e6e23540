package io.platformapi.service.quota.engine;

/**
 * What is used and what is held of a quota in a window.
 *
 * @param version grows with each change
 */
public record Balance(BalanceKey key, long used, long held, long version, Told told) {

  /** Version of what has never been changed. */
  private static final long UNCHANGED = -1;

  /** Of a subject that has used nothing yet: older than any that has. */
  public static Balance empty(BalanceKey key) {
    return new Balance(key, 0, 0, UNCHANGED, Told.NOTHING);
  }

  public Balance plus(long moreUsed, long moreHeld) {
    return new Balance(
        key, Math.addExact(used, moreUsed), Math.addExact(held, moreHeld), version + 1, told);
  }

  /** What is left below a limit; never negative. */
  public long remaining(long limit) {
    return Math.max(0, limit - Math.min(limit, taken()));
  }

  /** Used and held together, or the largest number when that does not fit. */
  long taken() {
    long sum = used + held;
    return used > 0 && held > 0 && sum < 0 ? Long.MAX_VALUE : sum;
  }
}
