package io.platformapi.service.quota.reservation;

import io.platformapi.service.quota.engine.Decision;
import io.platformapi.service.quota.engine.QuotaWindow;
import java.time.Instant;

/** Tells when a refused request may be granted. */
final class Retry {
  private Retry() {}

  /**
   * The earliest time at which all that refuse it may do so no more: when usage leaves the window
   * or, if others only hold what it wants, when the first of them must have ended.
   *
   * @param earliestExpiry of open reservations, or null
   * @return null when no time brings it nearer
   */
  static Instant at(Decision decision, Instant now, Instant earliestExpiry) {
    Instant latest = now;
    for (Decision.Refusal refusal : decision.refusing()) {
      Instant relief = relief(refusal, now, earliestExpiry);
      if (relief == null) {
        return null;
      }
      latest = relief.isAfter(latest) ? relief : latest;
    }
    return latest;
  }

  private static Instant relief(Decision.Refusal refusal, Instant now, Instant earliestExpiry) {
    if (!refusal.everPossible()) {
      return null;
    }
    QuotaWindow window = refusal.state().quota().window();
    Instant turn = window.bounded() ? window.nextRelief(now) : null;
    if (!refusal.onlyHolds() || earliestExpiry == null) {
      return turn;
    }
    return turn == null || earliestExpiry.isBefore(turn) ? earliestExpiry : turn;
  }
}
