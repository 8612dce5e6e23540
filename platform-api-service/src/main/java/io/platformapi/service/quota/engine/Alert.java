package io.platformapi.service.quota.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * Something about a balance that others are to be told, once in a window; of a rolling window once
 * in its length. Thresholds are percents of the limit alone; it is reached with all that is granted
 * on top of it.
 *
 * @param granted what grants add to the limit in this window
 * @param threshold percent of the limit that usage has reached; 0 when the limit itself is reached,
 *     or has refused a request
 */
public record Alert(Quota quota, Balance balance, long granted, int threshold) {

  public boolean exceeded() {
    return threshold == 0;
  }

  /**
   * What is due for a quota as it stands.
   *
   * @param refused whether it has just refused a request
   */
  public static List<Alert> due(QuotaState state, boolean refused) {
    Quota quota = state.quota();
    if (quota.mode() == QuotaMode.OFF) {
      return List.of();
    }
    Balance balance = state.balance();
    Told told = told(state);
    List<Alert> alerts = new ArrayList<>();
    for (int threshold : quota.thresholds()) {
      if (threshold > told.threshold()
          && balance.used() > 0
          && balance.used() >= quota.percent(threshold)) {
        alerts.add(new Alert(quota, balance, state.granted(), threshold));
      }
    }
    if (!told.exceeded() && (refused || balance.used() > 0 && balance.used() >= state.limit())) {
      alerts.add(new Alert(quota, balance, state.granted(), 0));
    }
    return alerts;
  }

  /** What has been told when these have been, too; no earlier than before, whosever clock it is. */
  public static Told after(QuotaState state, List<Alert> alerts) {
    Told told = told(state);
    int threshold = told.threshold();
    boolean exceeded = told.exceeded();
    for (Alert alert : alerts) {
      threshold = Math.max(threshold, alert.threshold());
      exceeded |= alert.exceeded();
    }
    boolean ahead = told.at() != null && told.at().isAfter(state.at());
    return new Told(threshold, exceeded, ahead ? told.at() : state.at());
  }

  private static Told told(QuotaState state) {
    QuotaWindow window = state.quota().window();
    Told told = state.balance().told();
    boolean over =
        window.isRolling()
            && told.at() != null
            && !told.at().isAfter(state.at().minus(window.length()));
    return over ? Told.NOTHING : told;
  }
}
