package io.platformapi.service.quota;

import io.platformapi.service.quota.reservation.Outcome;
import java.util.List;

/**
 * Whether a call would be granted now.
 *
 * @param degraded whether nobody could be asked, and the tenant wants such calls to go on
 * @param quotas those that count it, as they stand without it
 * @param refusal why not, or null when it would be granted
 */
public record CheckAnswer(
    boolean granted, boolean degraded, List<QuotaLevel> quotas, Refusal refusal) {

  /** Several, in the order of the questions. */
  public record Items(List<CheckAnswer> items) {}

  static CheckAnswer of(Outcome outcome, String currency) {
    if (outcome instanceof Outcome.Refused refused) {
      return new CheckAnswer(
          false,
          false,
          refused.decision().states().stream().map(s -> QuotaLevel.of(s, currency)).toList(),
          Refusal.of(refused.decision(), refused.retryAt(), currency));
    }
    if (outcome instanceof Outcome.Allowed allowed) {
      return new CheckAnswer(
          true,
          false,
          allowed.states().stream().map(s -> QuotaLevel.of(s, currency)).toList(),
          null);
    }
    return new CheckAnswer(true, true, List.of(), null);
  }
}
