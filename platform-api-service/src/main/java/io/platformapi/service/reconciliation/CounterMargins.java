package io.platformapi.service.reconciliation;

import java.time.Duration;

/**
 * How far a counter may be from the rows without being wrong, as LiteLLM 1.102 keeps it.
 *
 * <p>Spend is written to the database in batches, so a counter lags; the clocks of the two sides
 * are apart; budgets are set back by a job that comes round every ten minutes, so what was used
 * until then is lost to the new window.
 */
final class CounterMargins {
  static final Duration CLOCK = Duration.ofSeconds(90);

  /** A batch of spend (proxy_batch_write_at is 10 s) and the clocks. */
  static final Duration LAG = CLOCK.plusSeconds(60);

  /** The job that sets budgets back (up to 605 s, proxy_budget_rescheduler_max_time), and a lag. */
  static final Duration LATE_RESET = Duration.ofSeconds(605).plus(LAG);

  /** Longest call: one that began before a window counts in it when it ends in it. */
  static final Duration CALL = Duration.ofHours(1);

  /** How far back counters are looked at: the longest month and some days. */
  static final Duration LOOK_BACK = Duration.ofDays(35);

  private static final double UNIT_ROUNDOFF = 0x1p-53;

  private CounterMargins() {}

  /**
   * Most that a sum of doubles is off from one of nano-units. Each row is rounded to a nano-unit,
   * half a unit at most; so is the sum. Each addition of a double is off by 2^-53 of the sum so far
   * at most, which never is above the last one as no cost is below 0; a call is added twice, to its
   * batch and with it to the counter.
   *
   * @param calls that may be in the sum
   * @param nanos the sum
   */
  static long rounding(long calls, long nanos) {
    return (calls + 1) / 2 + 1 + (long) Math.ceil(nanos * 2.0 * calls * UNIT_ROUNDOFF);
  }
}
