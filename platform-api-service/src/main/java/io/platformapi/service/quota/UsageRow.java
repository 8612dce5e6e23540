package io.platformapi.service.quota;

import io.platformapi.service.quota.engine.Quota;
import java.util.List;

/**
 * What somebody has used in a window, and the limits on it.
 *
 * @param label name for people, or null
 */
record UsageRow(String key, String label, UsageSums sums, List<Quota> quotas) {

  UsageRow with(UsageSums other) {
    return new UsageRow(key, label, other, quotas);
  }
}
