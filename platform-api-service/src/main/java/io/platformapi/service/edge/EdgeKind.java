package io.platformapi.service.edge;

import java.util.Locale;

/** Every kind of thing at the edge that can be given a limit. */
public enum EdgeKind {
  LITELLM_TEAM,
  LITELLM_KEY,
  KONG_CONSUMER;

  /** The kind of this name. */
  static EdgeKind of(String wire) {
    return valueOf(wire.toUpperCase(Locale.ROOT));
  }

  /** Name in reports, meters and the database. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
