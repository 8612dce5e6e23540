package io.platformapi.service.quota.engine;

import java.time.Instant;
import java.util.function.Function;

/**
 * A quota as it stands for whom a request is of.
 *
 * @param at the time it stands so
 * @param granted what grants add to the limit in this window: what it has drawn from them, and what
 *     it may draw yet
 */
public record QuotaState(Quota quota, Balance balance, Instant at, long granted) {

  /** Without grants. */
  public QuotaState(Quota quota, Balance balance, Instant at) {
    this(quota, balance, at, 0);
  }

  /**
   * @param balances the present ones, by key
   */
  public static QuotaState of(Demand demand, Function<BalanceKey, Balance> balances, Instant at) {
    return new QuotaState(
        demand.quota(), balances.apply(demand.key()), at, GrantShare.added(demand, balances, at));
  }

  /** The limit with what is granted on top of it. */
  public long limit() {
    return quota.limitWith(granted);
  }

  public long remaining() {
    return balance.remaining(limit());
  }

  /** End of the window, or null when it has none. */
  public Instant resetAt() {
    return quota.window().bounded() ? quota.window().end(at) : null;
  }
}
