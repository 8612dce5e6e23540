package io.platformapi.service.quota.reservation;

import io.platformapi.service.usage.LedgerCall;
import java.util.List;
import java.util.UUID;

/**
 * What a transaction posts into the ledger.
 *
 * @param batch its id there
 * @param settled by callers
 * @param takenBack settlements posted with the opposite sign
 */
public record Posting(UUID batch, List<LedgerCall> settled, List<LedgerCall> takenBack) {
  static final Posting NOTHING = new Posting(null, List.of(), List.of());

  public boolean isEmpty() {
    return settled.isEmpty() && takenBack.isEmpty();
  }
}
