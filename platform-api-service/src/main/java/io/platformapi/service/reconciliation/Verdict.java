package io.platformapi.service.reconciliation;

import io.platformapi.service.http.WireNames;
import java.util.Locale;

/** What somebody can decide about a proposed adjustment. */
enum Verdict {
  APPROVE(ItemStatus.APPROVED),
  REJECT(ItemStatus.REJECTED);

  static final WireNames<Verdict> NAMES =
      new WireNames<>(values(), verdict -> verdict.name().toLowerCase(Locale.ROOT));

  private final ItemStatus result;

  Verdict(ItemStatus result) {
    this.result = result;
  }

  /** What it makes of an item. */
  ItemStatus result() {
    return result;
  }
}
