package io.platformapi.routes;

import java.time.Duration;

/**
 * How the two books are brought together.
 *
 * @param interval pause between two looks for runs; zero for a node that works on none
 * @param concurrentRuns runs of different tenants that this node works on at once
 * @param pullInterval pause between two readings of the gateway's spend log; zero for none
 * @param firstPull how far the first reading goes back
 */
public record ReconciliationConfig(
    Duration interval, int concurrentRuns, Duration pullInterval, Duration firstPull) {
  /** No reconciliation at all. */
  public static final ReconciliationConfig OFF =
      new ReconciliationConfig(Duration.ZERO, 0, Duration.ZERO, Duration.ZERO);
}
