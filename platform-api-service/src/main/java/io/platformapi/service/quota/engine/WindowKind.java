package io.platformapi.service.quota.engine;

import io.platformapi.service.http.WireNames;
import java.util.Locale;

/** Every kind of time that usage is counted over. */
public enum WindowKind {
  MINUTE,
  HOUR,
  DAY,
  WEEK,
  MONTH,
  /** A length of time that ends now. */
  ROLLING,
  LIFETIME;

  public static final WireNames<WindowKind> NAMES = new WireNames<>(values(), WindowKind::wire);

  /** Whether it begins at an hour of a time zone that can be chosen. */
  public boolean anchored() {
    return this == DAY || this == WEEK || this == MONTH;
  }

  /** Name on the wire and in the database. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
