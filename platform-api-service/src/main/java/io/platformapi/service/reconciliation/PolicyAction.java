package io.platformapi.service.reconciliation;

import io.platformapi.service.http.WireNames;
import java.util.Locale;

/** What a tenant's policy does about a class of differences. */
public enum PolicyAction {
  /** The run posts the adjustment. */
  AUTO_ADJUST,
  /** The run proposes it; somebody approves or rejects. */
  PROPOSE,
  /** The run tells of it. */
  REPORT_ONLY;

  public static final WireNames<PolicyAction> NAMES = new WireNames<>(values(), PolicyAction::wire);

  /** Name on the wire and in the database. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
