package io.platformapi.service.quota.reservation;

import io.platformapi.service.cache.Caches;
import io.platformapi.service.cache.Latest;
import java.util.Optional;
import java.util.UUID;

/** The last reservations that this node has made and not ended yet. */
public final class RecentReservations implements KnownReservations {
  private static final int MOST = 20_000;

  private final Latest<Place, Reservation> made;

  public RecentReservations(Caches caches) {
    this.made = caches.latest("reservations", MOST);
  }

  private record Place(String tenantId, UUID id) {}

  @Override
  public void add(String tenantId, Reservation reservation) {
    made.add(new Place(tenantId, reservation.id()), reservation);
  }

  @Override
  public Optional<Reservation> take(String tenantId, UUID id) {
    return Optional.ofNullable(made.take(new Place(tenantId, id)));
  }
}
