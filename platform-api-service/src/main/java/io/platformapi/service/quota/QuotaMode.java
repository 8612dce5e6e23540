package io.platformapi.service.quota;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What happens when a quota is used up. */
public enum QuotaMode {
  ENFORCE,
  WARN,
  OFF;

  /** Name on the wire and in the database. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<QuotaMode> ofWire(String name) {
    return Arrays.stream(values()).filter(value -> value.wire().equals(name)).findFirst();
  }
}
