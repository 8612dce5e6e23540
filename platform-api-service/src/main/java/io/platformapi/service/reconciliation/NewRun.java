package io.platformapi.service.reconciliation;

import java.time.Instant;

/**
 * A run that is asked for.
 *
 * @param from earliest start of a call, or null to go on where the last completed run has ended
 * @param to latest start, exclusive, or null for all that has settled by now
 * @param requestedBy subject of the caller, or the name of the machinery
 * @param requestId correlation id of the request, or null
 */
public record NewRun(
    Instant from, Instant to, RunTrigger trigger, String requestedBy, String requestId) {}
