package io.platformapi.service.quota.reservation;

import java.util.Optional;
import java.util.UUID;

/**
 * Reservations as they were made, of those that are remembered: who settles one need not read it.
 * What has become of it since only the database knows.
 */
public interface KnownReservations {
  void add(String tenantId, Reservation made);

  /** Hands out a reservation, once: who has to end it again reads it. */
  Optional<Reservation> take(String tenantId, UUID id);
}
