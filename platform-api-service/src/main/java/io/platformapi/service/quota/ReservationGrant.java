package io.platformapi.service.quota;

import io.platformapi.service.quota.reservation.Grant;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * The answer to who may go on.
 *
 * @param id null when it is degraded
 * @param degraded whether it holds nothing, because the database was away and the tenant wants it
 *     so
 * @param quotas those that count it, after it has taken its part
 */
public record ReservationGrant(
    UUID id,
    String requestId,
    String state,
    boolean granted,
    boolean degraded,
    List<QuotaLevel> quotas,
    Instant expiresAt) {

  /** Nothing is held. */
  static final ReservationGrant DEGRADED =
      new ReservationGrant(null, null, null, true, true, List.of(), null);

  static ReservationGrant of(Grant grant, String currency) {
    return new ReservationGrant(
        grant.reservation().id(),
        grant.reservation().requestId(),
        grant.reservation().state().wire(),
        true,
        false,
        grant.states().stream().map(state -> QuotaLevel.of(state, currency)).toList(),
        grant.reservation().expiresAt());
  }
}
