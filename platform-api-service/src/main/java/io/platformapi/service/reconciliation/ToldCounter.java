package io.platformapi.service.reconciliation;

import java.time.Instant;

/**
 * A counter as the gateway told it once.
 *
 * @param scope whose it is: a scope of the ledger by its name, or another word of the gateway's
 * @param id of whom; that of the tenant for its own
 * @param window null when it was told without a word about it
 */
record ToldCounter(
    String scope,
    String id,
    CounterDimension dimension,
    long amount,
    Instant toldAt,
    Window window) {

  /**
   * What it counts.
   *
   * @param start null when it cannot be known
   * @param end when it becomes 0, or null for never
   * @param emptyAt when it is known to have been 0, or null
   */
  record Window(Instant start, Instant end, Instant emptyAt) {}
}
