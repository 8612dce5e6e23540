package io.platformapi.service.reconciliation;

import io.platformapi.service.http.WireNames;
import java.util.Locale;

/** What a counter of the gateway is beside the gateway's own rows. */
public enum CounterVerdict {
  /** The rows account for it. */
  AGREES,
  /** It has more than all the rows that it can have counted. */
  COUNTER_AHEAD,
  /** It has less than the rows that it must have counted. */
  COUNTER_BEHIND,
  /** It has begun anew, or may have: told, and no alarm. */
  RESET,
  /** Since when it counts, or what it counted, cannot be known. */
  UNKNOWN_WINDOW;

  public static final WireNames<CounterVerdict> NAMES =
      new WireNames<>(values(), CounterVerdict::wire);

  /** Name on the wire and in the database. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
