package io.platformapi.service.quota;

import java.util.List;

/**
 * What somebody asks about, without wishing to hold it: one call, or several as items.
 *
 * @param items 1 to {@value QuotaCheckRules#MAX_ITEMS}; nothing else may stand beside them
 */
public record QuotaCheckRequest(
    List<Item> items, CallSubject subject, String provider, String model, CallAmounts estimates) {

  /** One call. */
  public record Item(CallSubject subject, String provider, String model, CallAmounts estimates) {}
}
