package io.platformapi.service.quota.engine;

import io.platformapi.service.http.WireNames;
import java.util.Locale;

/** What happens when a quota is used up. */
public enum QuotaMode {
  /** Nothing more is granted. */
  ENFORCE,
  /** It is told, and granted all the same. */
  WARN,
  /** It is counted. */
  OFF;

  public static final WireNames<QuotaMode> NAMES = new WireNames<>(values(), QuotaMode::wire);

  private final String wire = name().toLowerCase(Locale.ROOT);

  /** Name on the wire and in the database. */
  public String wire() {
    return wire;
  }
}
