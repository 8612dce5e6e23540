package io.platformapi.service.reconciliation;

import io.platformapi.service.http.WireNames;
import java.util.Locale;

/** What has become of a difference. */
public enum ItemStatus {
  /** Not classified or decided yet. */
  FOUND,
  /** To be posted by the run that found it. */
  DUE,
  /** Waits for somebody to approve or reject its adjustment. */
  PROPOSED,
  /** Posted by the run that found it. */
  POSTED,
  /** Posted because somebody approved it. */
  APPROVED,
  /** Somebody decided that the ledger stays as it is. */
  REJECTED,
  /** Told of, by the tenant's policy, and left as it is. */
  REPORTED,
  /** Needs no adjustment: its reason says all. */
  EXPLAINED,
  /** No longer there, or told of by a later item. */
  SUPERSEDED;

  public static final WireNames<ItemStatus> NAMES = new WireNames<>(values(), ItemStatus::wire);

  /** Name on the wire and in the database. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
