package io.platformapi.service.quota;

import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaState;
import io.platformapi.service.quota.engine.Told;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What somebody has used in a window, and the limits on it.
 *
 * @param label name for people, or null
 * @param present how the limits stand in their present window; of others nothing is held or granted
 */
record UsageRow(
    String key, String label, UsageSums sums, List<Quota> quotas, Map<UUID, QuotaState> present) {
  private static final BalanceKey NONE = new BalanceKey(new UUID(0, 0), "", Instant.EPOCH);

  UsageRow with(UsageSums other) {
    return new UsageRow(key, label, other, quotas, present);
  }

  UsageRow with(Map<UUID, QuotaState> states) {
    return new UsageRow(key, label, sums, quotas, states);
  }

  /** A limit with what the counters say of its usage. */
  QuotaState state(Quota quota) {
    QuotaState state = present.get(quota.id());
    long held = state == null ? 0 : state.balance().held();
    BalanceKey key = state == null ? NONE : state.balance().key();
    return new QuotaState(
        quota,
        new Balance(key, sums.of(quota.dimension()), held, 0, Told.NOTHING),
        state == null ? Instant.EPOCH : state.at(),
        state == null ? 0 : state.granted());
  }
}
