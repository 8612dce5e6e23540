package io.platformapi.service.quota.engine;

import io.platformapi.service.http.WireNames;
import java.util.Locale;

/** What is answered while a tenant's database cannot be asked. */
public enum FailMode {
  /** Nothing is granted. */
  CLOSED,
  /** Everything is granted, without a record. */
  OPEN;

  public static final WireNames<FailMode> NAMES = new WireNames<>(values(), FailMode::wire);

  /** Name on the wire and in the database. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
