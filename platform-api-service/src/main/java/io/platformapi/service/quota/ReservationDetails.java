package io.platformapi.service.quota;

import io.platformapi.service.quota.reservation.Reservation;
import io.platformapi.service.quota.reservation.ReservationState;
import io.platformapi.service.quota.reservation.Subject;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * A reservation.
 *
 * @param state open, settled, released or expired
 * @param actual what was used, or null unless it is settled
 * @param settledBy caller or event, or null unless it is settled
 * @param endedBy who ended it, or null: time, or the gateway's event
 */
public record ReservationDetails(
    UUID id,
    String requestId,
    String state,
    CallSubject subject,
    String provider,
    String model,
    CallAmounts estimates,
    CallAmounts actual,
    String settledBy,
    List<HeldQuota> holds,
    String createdBy,
    Instant createdAt,
    Instant expiresAt,
    String endedBy,
    Instant endedAt) {

  /**
   * What it holds, or held, of a quota.
   *
   * @param window start of the window
   * @param amount whole number, of cost in nano-units
   */
  public record HeldQuota(UUID quotaId, Instant window, long amount) {}

  static ReservationDetails of(Reservation reservation, String currency, Instant now) {
    Subject subject = reservation.subject();
    boolean overdue = reservation.overdue(now);
    return new ReservationDetails(
        reservation.id(),
        reservation.requestId(),
        (overdue ? ReservationState.EXPIRED : reservation.state()).wire(),
        new CallSubject(subject.team(), subject.user(), subject.endUser(), subject.apiKey()),
        subject.provider(),
        subject.model(),
        CallAmounts.of(reservation.estimates(), currency),
        reservation.actual() == null ? null : CallAmounts.of(reservation.actual(), currency),
        reservation.settledBy() == null ? null : reservation.settledBy().wire(),
        reservation.holds().stream()
            .map(hold -> new HeldQuota(hold.key().quotaId(), hold.key().window(), hold.amount()))
            .toList(),
        reservation.createdBy(),
        reservation.createdAt(),
        reservation.expiresAt(),
        reservation.endedBy(),
        overdue ? reservation.expiresAt() : reservation.endedAt());
  }
}
