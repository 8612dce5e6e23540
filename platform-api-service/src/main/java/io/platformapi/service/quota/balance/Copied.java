package io.platformapi.service.quota.balance;

import io.platformapi.service.quota.engine.Balance;

/** A balance as a copy has it. */
public record Copied(Balance balance, Kind kind) {

  /** How long it may be believed. */
  public enum Kind {
    /**
     * As long as what is changed is told to the copy, if not by who did it then by the database.
     */
    KEPT,
    /** For a short time: it grows old without a change, as the sum of a rolling window does. */
    PASSING,
    /** Not at all: somebody has told of it, and what was changed before or after may be missing. */
    TOLD
  }

  boolean believed() {
    return kind != Kind.TOLD;
  }
}
