package io.platformapi.service.quota;

import io.platformapi.service.usage.LedgerScope;
import java.time.Instant;

/**
 * Whose usage is asked for.
 *
 * @param scopeId who within the scope, or null for all of it
 * @param at a time in the window
 */
record UsageQuery(LedgerScope scope, String scopeId, QuotaWindow window, Instant at) {}
