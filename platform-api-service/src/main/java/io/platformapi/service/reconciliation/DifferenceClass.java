package io.platformapi.service.reconciliation;

import io.platformapi.service.http.WireNames;
import java.util.Locale;

/** How the two books can differ in a call. */
public enum DifferenceClass {
  /** The gateway counted a call that the ledger does not know. */
  MISSING_IN_LEDGER(PolicyAction.AUTO_ADJUST),
  /** The ledger has a call that the gateway's spend log does not show. */
  MISSING_IN_GATEWAY(PolicyAction.REPORT_ONLY),
  /** One side has counted a call twice, or has skipped one because ids repeat. */
  DUPLICATE(PolicyAction.AUTO_ADJUST),
  /** The tokens differ. */
  AMOUNT(PolicyAction.PROPOSE),
  /** The tokens agree, the cost does not. */
  PRICE(PolicyAction.PROPOSE),
  /** The event of a call came after an earlier run had named it missing. */
  LATE(PolicyAction.AUTO_ADJUST),
  /** The call's key is one that the ledger has never seen, or the sides name different ones. */
  UNKNOWN_KEY(PolicyAction.PROPOSE),
  /** The start times differ by more than a second; nothing else does. */
  CLOCK(PolicyAction.REPORT_ONLY),
  /** The sides put the call on different sides of the window's edge; nothing else differs. */
  WINDOW_EDGE(PolicyAction.REPORT_ONLY);

  public static final WireNames<DifferenceClass> NAMES =
      new WireNames<>(values(), DifferenceClass::wire);

  private final PolicyAction usual;

  DifferenceClass(PolicyAction usual) {
    this.usual = usual;
  }

  /** What is done about it in a tenant whose policy does not say otherwise. */
  public PolicyAction usual() {
    return usual;
  }

  /** Name on the wire and in the database. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
