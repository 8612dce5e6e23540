package io.platformapi.service.reconciliation;

import java.time.Instant;

/**
 * A run as it is asked for.
 *
 * @param from earliest start of a call, or null to go on where the last completed run has ended
 * @param to latest start, exclusive, or null for all that has settled by now
 */
public record NewReconciliation(Instant from, Instant to) {}
