package io.platformapi.service.quota;

import io.platformapi.service.quota.engine.QuotaState;
import io.platformapi.service.quota.reservation.Outcome;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a call would be granted now.
 *
 * @param degraded whether nobody could be asked, and the tenant wants such calls to go on
 * @param quotas those that count it, as they stand without it
 * @param refusal why not, or null when it would be granted
 */
public record QuotaCheckAnswer(
    boolean granted, boolean degraded, List<QuotaLevel> quotas, QuotaRefusal refusal) {

  /** Several, in the order of the questions. */
  public record Items(List<QuotaCheckAnswer> items) {}

  static QuotaCheckAnswer of(Outcome outcome, String currency) {
    if (outcome instanceof Outcome.Refused refused) {
      return new QuotaCheckAnswer(
          false,
          false,
          levels(refused.decision().states(), currency),
          QuotaRefusal.of(refused.decision(), refused.retryAt(), currency));
    }
    if (outcome instanceof Outcome.Allowed allowed) {
      return new QuotaCheckAnswer(true, false, levels(allowed.states(), currency), null);
    }
    return new QuotaCheckAnswer(true, true, List.of(), null);
  }

  private static List<QuotaLevel> levels(List<QuotaState> states, String currency) {
    List<QuotaLevel> levels = new ArrayList<>(states.size());
    for (QuotaState state : states) {
      levels.add(QuotaLevel.of(state, currency));
    }
    return levels;
  }
}
