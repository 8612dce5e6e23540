package io.platformapi.service.reconciliation;

import io.platformapi.service.http.WireNames;
import java.util.Locale;

/** What started a run. */
public enum RunTrigger {
  API,
  SCHEDULE,
  TASK,
  /** A window that had been covered before. */
  REPLAY;

  public static final WireNames<RunTrigger> NAMES = new WireNames<>(values(), RunTrigger::wire);

  /** Name on the wire and in the database. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
