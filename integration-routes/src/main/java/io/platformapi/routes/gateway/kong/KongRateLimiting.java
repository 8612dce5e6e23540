package io.platformapi.routes.gateway.kong;

/**
 * The rate-limiting plugin of a consumer as Kong has it.
 *
 * @param id the plugin's id
 * @param enabled whether it is in force
 * @param policy where it counts: {@code local} on each node alone, or {@code redis}
 * @param synchronous whether each request is counted at once ({@code sync_rate} -1)
 * @param limitedBy whom it counts, {@code consumer} for this one
 */
public record KongRateLimiting(
    String id,
    boolean enabled,
    RateLimits limits,
    String policy,
    boolean synchronous,
    String limitedBy) {

  /** Whether it counts the consumer's requests over all nodes, and forgets them in time. */
  public boolean countsRight() {
    return policy.equals("redis") && synchronous && limitedBy.equals("consumer");
  }
}
