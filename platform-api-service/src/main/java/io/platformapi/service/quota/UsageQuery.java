package io.platformapi.service.quota;

import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.usage.LedgerScope;
import java.time.Instant;

/**
 * Whose usage is asked for.
 *
 * @param scopeId who within the scope, or null for all of it
 * @param window a plain one, of whole UTC hours
 * @param at a time in the window
 * @param asOf only what was posted before it counts; null for all that is posted
 * @param series steps that the window is to be told in, or null
 */
record UsageQuery(
    LedgerScope scope,
    String scopeId,
    QuotaWindow window,
    Instant at,
    Instant asOf,
    SeriesStep series) {

  static UsageQuery of(LedgerScope scope, String scopeId, QuotaWindow window, Instant at) {
    return new UsageQuery(scope, scopeId, window, at, null, null);
  }

  /** Whether it is of the window that goes on, as it stands now. */
  boolean present(Instant now) {
    return asOf == null && window.id(at).equals(window.id(now));
  }
}
