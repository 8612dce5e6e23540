package io.platformapi.service.quota.engine;

import io.platformapi.service.http.WireNames;
import java.util.Locale;

/** Everything that a quota can limit. */
public enum QuotaDimension {
  INPUT_TOKENS(false),
  OUTPUT_TOKENS(false),
  TOTAL_TOKENS(false),
  REQUESTS(false),
  COST(false),
  STORAGE_BYTES(true),
  SEATS(true);

  public static final WireNames<QuotaDimension> NAMES =
      new WireNames<>(values(), QuotaDimension::wire);

  private final boolean level;
  private final String wire = name().toLowerCase(Locale.ROOT);

  QuotaDimension(boolean level) {
    this.level = level;
  }

  /**
   * Whether it is a level, which stays taken until it is given back, and no flow, which each call
   * adds to.
   */
  public boolean level() {
    return level;
  }

  /** Name on the wire and in the database. */
  public String wire() {
    return wire;
  }
}
