package io.platformapi.service.reconciliation;

import io.platformapi.service.http.WireNames;
import java.util.Locale;

/** What brings the ledger to where the gateway's book is. */
public enum Adjustment {
  /** Post the call as the gateway tells it. */
  POST,
  /** Take the ledger's event back. */
  TAKE_BACK,
  /** Take the ledger's event back and post the call as the gateway tells it, in one batch. */
  REPLACE,
  /** Nothing: the ledger is right, or nothing of it is wrong. */
  NONE;

  public static final WireNames<Adjustment> NAMES = new WireNames<>(values(), Adjustment::wire);

  /** Name on the wire and in the database. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
