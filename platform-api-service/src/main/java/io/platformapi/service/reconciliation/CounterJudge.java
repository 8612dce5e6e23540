package io.platformapi.service.reconciliation;

import io.platformapi.service.reconciliation.CounterHistory.Standing;
import java.math.BigInteger;

/** Judges a counter by the gateway's own rows. */
final class CounterJudge {
  private static final BigInteger MILLION = BigInteger.valueOf(1_000_000);

  private final ReconciliationPolicy policy;

  CounterJudge(ReconciliationPolicy policy) {
    this.policy = policy;
  }

  /**
   * What the gateway's rows have of a counter's window.
   *
   * @param calls that it can have counted
   * @param sum of those that ended in the window up to when it was told
   * @param least of those that it must have counted
   * @param most of those that it can have counted
   */
  record Rows(long calls, long sum, long least, long most) {
    static final Rows NONE = new Rows(0, 0, 0, 0);
  }

  CounterVerdict judge(Standing standing, Rows rows) {
    if (standing.reason() != null) {
      return standing.reason().verdict();
    }
    ToldCounter counter = standing.counter();
    long slack = slack(counter, rows.calls());
    if (counter.amount() > Math.addExact(rows.most(), slack)) {
      return CounterVerdict.COUNTER_AHEAD;
    }
    return counter.amount() < rows.least() - slack
        ? CounterVerdict.COUNTER_BEHIND
        : CounterVerdict.AGREES;
  }

  private long slack(ToldCounter counter, long calls) {
    if (counter.dimension() != CounterDimension.COST) {
      return 0;
    }
    long share =
        BigInteger.valueOf(counter.amount())
            .multiply(BigInteger.valueOf(policy.tolerancePpm()))
            .divide(MILLION)
            .longValueExact();
    return Math.addExact(
        Math.max(policy.toleranceNanos(), share), CounterMargins.rounding(calls, counter.amount()));
  }
}
