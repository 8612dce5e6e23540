package io.platformapi.service.reconciliation;

import io.platformapi.service.http.WireNames;
import java.util.Locale;

/** Why a counter is not compared. */
enum CounterReason {
  /** It fell within its window: somebody has set it back. */
  COUNTER_FELL(CounterVerdict.RESET),
  /** Told so near an edge of its window that it may be that of the window before. */
  WINDOW_EDGE(CounterVerdict.RESET),
  /** The gateway did not say since when it counts. */
  NO_WINDOW(CounterVerdict.UNKNOWN_WINDOW),
  /** No reset of it has been seen yet: it may hold what was used before its window. */
  FIRST_WINDOW(CounterVerdict.UNKNOWN_WINDOW),
  /** It counts since longer ago than is looked back. */
  TOO_LONG(CounterVerdict.UNKNOWN_WINDOW),
  /** The gateway's rows of its whole window have not been read by runs. */
  ROWS_NOT_READ(CounterVerdict.UNKNOWN_WINDOW);

  static final WireNames<CounterReason> NAMES = new WireNames<>(values(), CounterReason::wire);

  private final CounterVerdict verdict;

  CounterReason(CounterVerdict verdict) {
    this.verdict = verdict;
  }

  CounterVerdict verdict() {
    return verdict;
  }

  /** Name on the wire and in the database. */
  String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
