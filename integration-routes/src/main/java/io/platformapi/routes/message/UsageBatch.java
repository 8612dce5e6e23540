package io.platformapi.routes.message;

import java.util.List;

/** Everything of one poll that belongs to one tenant; stored in one transaction. */
public record UsageBatch(List<UsageRecord> usage, List<QuotaSnapshot> snapshots) {
  public int size() {
    return usage.size() + snapshots.size();
  }
}
