package io.platformapi.service.cache;

import java.util.Locale;

/** Who said that something has changed. */
public enum ChangeSource {
  /** This node changed it. */
  LOCAL,
  /** A hint of another node. */
  REDIS,
  /** The table of changes. */
  POLL;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
