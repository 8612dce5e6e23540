package io.platformapi.service.usage;

import java.util.Locale;

/** Every column that is counted, in the order of the ledger's tables. */
public enum Dimension {
  INPUT_TOKENS,
  OUTPUT_TOKENS,
  CACHED_INPUT_TOKENS,
  CACHED_OUTPUT_TOKENS,
  REQUESTS_SUCCEEDED,
  REQUESTS_FAILED,
  REQUESTS_CACHED,
  COST_NANOS,
  STORAGE_BYTES,
  SEATS;

  static final int COUNT = values().length;

  /** Name of the column. */
  public String column() {
    return name().toLowerCase(Locale.ROOT);
  }
}
