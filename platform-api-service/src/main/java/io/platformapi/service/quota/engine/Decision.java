package io.platformapi.service.quota.engine;

import java.util.List;

/**
 * Whether a request is granted.
 *
 * @param states the quotas that count it: when granted after it has taken its part, else before
 * @param refusing those that refuse it, the one to name first; empty when it is granted
 */
public record Decision(List<QuotaState> states, List<Refusal> refusing) {

  /**
   * @param amount what was wanted of it
   */
  public record Refusal(QuotaState state, long amount) {

    /** Whether it would be granted if nothing were held. */
    public boolean onlyHolds() {
      return state.limit() - state.balance().used() >= Math.max(1, amount);
    }

    /** Whether an empty window would grant it, without any grant. */
    public boolean everPossible() {
      return state.quota().limit() >= Math.max(1, amount);
    }
  }

  public boolean granted() {
    return refusing.isEmpty();
  }
}
