package io.platformapi.service.quota.reservation;

import io.platformapi.service.cache.Caches;
import io.platformapi.service.cache.Recent;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** The last reservations that this node has made. */
public final class RecentReservations implements KnownReservations {
  private static final int MOST = 20_000;

  /** Longer than nearly all calls take. */
  private static final Duration KEPT = Duration.ofMinutes(10);

  private static final long NOT_FOLLOWED = -1;

  private final Recent<Place, Reservation> made;

  public RecentReservations(Caches caches) {
    this.made =
        caches.recent(
            "reservations",
            MOST,
            KEPT,
            KEPT,
            (one, other) -> false,
            place -> {
              // It is not read again.
            });
  }

  private record Place(String tenantId, UUID id) {}

  @Override
  public void add(String tenantId, Reservation reservation) {
    made.note(new Place(tenantId, reservation.id()), reservation, made.now());
  }

  @Override
  public Optional<Reservation> find(String tenantId, UUID id) {
    return Optional.ofNullable(made.get(new Place(tenantId, id), NOT_FOLLOWED));
  }
}
