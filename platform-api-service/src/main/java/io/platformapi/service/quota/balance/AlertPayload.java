package io.platformapi.service.quota.balance;

import io.platformapi.service.quota.engine.Alert;
import io.platformapi.service.usage.LedgerTenant;

/** Puts an alert into the words of the wire. */
@FunctionalInterface
public interface AlertPayload {

  /** A record for the payload of the alert's event. */
  Object of(Alert alert, LedgerTenant tenant);
}
