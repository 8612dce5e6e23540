package io.platformapi.service.quota.reservation;

import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Quota;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.UUID;

/**
 * What a transaction locks and reads at its beginning.
 *
 * @param now the time that windows are seen from
 * @param requests those with an Idempotency-Key
 * @param reservations to be locked, by id
 * @param overdue how many reservations to be locked that are open over their time
 * @param balances to be locked, with their quotas
 */
public record Opening(
    Instant now,
    List<IdempotentRequest> requests,
    Collection<UUID> reservations,
    int overdue,
    SortedMap<BalanceKey, Quota> balances) {

  /** The posting lock alone. */
  static Opening bare(Instant now) {
    return new Opening(now, List.of(), List.of(), 0, Collections.emptySortedMap());
  }

  static Opening ofBalances(
      Instant now, List<IdempotentRequest> requests, SortedMap<BalanceKey, Quota> balances) {
    return new Opening(now, requests, List.of(), 0, balances);
  }

  static Opening ofReservations(
      Instant now, List<IdempotentRequest> requests, Collection<UUID> reservations) {
    return new Opening(now, requests, reservations, 0, Collections.emptySortedMap());
  }

  static Opening ofOverdue(Instant now, int most) {
    return new Opening(now, List.of(), List.of(), most, Collections.emptySortedMap());
  }
}
