package io.platformapi.service.reconciliation;

import io.platformapi.service.http.WireNames;
import java.util.Locale;

/** What a counter counts: nano-units of money, tokens or requests. */
enum CounterDimension {
  COST,
  INPUT_TOKENS,
  OUTPUT_TOKENS,
  REQUESTS;

  static final WireNames<CounterDimension> NAMES =
      new WireNames<>(values(), CounterDimension::wire);

  /** Name on the wire and in the database. */
  String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
