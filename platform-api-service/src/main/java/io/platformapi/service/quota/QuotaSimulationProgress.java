package io.platformapi.service.quota;

import java.time.Instant;

/**
 * How far a simulation is.
 *
 * @param read calls so far, those before the period too
 * @param total calls that there are
 * @param at start of the last one
 */
public record QuotaSimulationProgress(
    long read, long total, long examined, long refused, Instant at) {}
