package io.platformapi.service.quota.engine;

import java.time.Instant;

/**
 * A quota as it stands for whom a request is of.
 *
 * @param at the time it stands so
 */
public record QuotaState(Quota quota, Balance balance, Instant at) {

  public long remaining() {
    return balance.remaining(quota.limit());
  }

  /** End of the window, or null when it has none. */
  public Instant resetAt() {
    return quota.window().bounded() ? quota.window().end(at) : null;
  }
}
