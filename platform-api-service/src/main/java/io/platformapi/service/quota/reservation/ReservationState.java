package io.platformapi.service.quota.reservation;

import io.platformapi.service.http.WireNames;
import java.util.Locale;

/** What has become of a reservation. */
public enum ReservationState {
  /** It holds what was reserved. */
  OPEN,
  /** What was used has been posted. */
  SETTLED,
  /** It was given back. */
  RELEASED,
  /** Nobody ended it in time. */
  EXPIRED;

  public static final WireNames<ReservationState> NAMES =
      new WireNames<>(values(), ReservationState::wire);

  /** Name on the wire and in the database. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
