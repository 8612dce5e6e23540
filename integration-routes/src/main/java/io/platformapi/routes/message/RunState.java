package io.platformapi.routes.message;

import java.util.Locale;

/** The last step that a reconciliation has done, in the order of the steps. */
public enum RunState {
  REQUESTED,
  FETCHED,
  LOADED,
  MATCHED,
  CLASSIFIED,
  DECIDED,
  POSTED,
  COUNTED,
  LIMITS_PUSHED,
  PUBLISHED,
  COMPLETED,
  /** Given up after too many attempts; what it had posted stays. */
  FAILED;

  /** Whether a run in this state has done what leads to another one. */
  public boolean hasReached(RunState other) {
    return compareTo(other) >= 0;
  }

  public boolean isOver() {
    return this == COMPLETED || this == FAILED;
  }

  /** Name on the wire and in the database. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The state of that name. */
  public static RunState of(String wire) {
    return valueOf(wire.toUpperCase(Locale.ROOT));
  }
}
