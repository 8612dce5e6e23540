package io.platformapi.service.quota.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Something about a balance that others are to be told, once in a window; of a rolling window once
 * in its length.
 *
 * @param threshold percent of the limit that usage has reached; 0 when the limit itself is reached,
 *     or has refused a request
 */
public record Alert(Quota quota, Balance balance, int threshold) {

  public boolean exceeded() {
    return threshold == 0;
  }

  /**
   * What is due for a balance as it stands.
   *
   * @param refused whether the quota has just refused a request
   */
  public static List<Alert> due(Quota quota, Balance balance, boolean refused, Instant now) {
    if (quota.mode() == QuotaMode.OFF) {
      return List.of();
    }
    Told told = told(quota, balance, now);
    List<Alert> alerts = new ArrayList<>();
    for (int threshold : quota.thresholds()) {
      if (threshold > told.threshold()
          && balance.used() > 0
          && balance.used() >= quota.percent(threshold)) {
        alerts.add(new Alert(quota, balance, threshold));
      }
    }
    if (!told.exceeded() && (refused || balance.used() > 0 && balance.used() >= quota.limit())) {
      alerts.add(new Alert(quota, balance, 0));
    }
    return alerts;
  }

  /** What has been told when these have been, too. */
  public static Told after(Quota quota, Balance balance, List<Alert> alerts, Instant now) {
    Told told = told(quota, balance, now);
    int threshold = told.threshold();
    boolean exceeded = told.exceeded();
    for (Alert alert : alerts) {
      threshold = Math.max(threshold, alert.threshold());
      exceeded |= alert.exceeded();
    }
    return new Told(threshold, exceeded, now);
  }

  private static Told told(Quota quota, Balance balance, Instant now) {
    Told told = balance.told();
    boolean over =
        quota.window().isRolling()
            && told.at() != null
            && !told.at().isAfter(now.minus(quota.window().length()));
    return over ? Told.NOTHING : told;
  }
}
