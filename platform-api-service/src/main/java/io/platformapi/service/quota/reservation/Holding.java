package io.platformapi.service.quota.reservation;

import io.platformapi.service.quota.engine.BalanceChange;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Headroom;
import io.platformapi.service.quota.engine.QuotaBook;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;

/**
 * What a group is to hold, all of it or nothing.
 *
 * @param book must be of the present version
 * @param now the time that windows are seen from
 * @param balances all that the group needs: each must be there and have room enough
 * @param made its reservations
 */
public record Holding(
    QuotaBook book, Instant now, SortedMap<BalanceKey, Headroom> balances, List<Reservation> made) {

  /** What it adds to balances, in the order of their keys. */
  public List<BalanceChange> changes() {
    return balances.entrySet().stream()
        .filter(entry -> entry.getValue().wanted() != 0)
        .map(entry -> new BalanceChange(entry.getKey(), null, 0, entry.getValue().wanted()))
        .toList();
  }
}
