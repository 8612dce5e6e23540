package io.platformapi.service.quota.reservation;

import io.platformapi.service.http.WireNames;
import java.util.Locale;

/** Whose word of what a reserved call has used stands in the book. */
public enum SettledBy {
  CALLER,
  /** The gateway's usage event. */
  EVENT;

  public static final WireNames<SettledBy> NAMES = new WireNames<>(values(), SettledBy::wire);

  /** Name on the wire and in the database. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
