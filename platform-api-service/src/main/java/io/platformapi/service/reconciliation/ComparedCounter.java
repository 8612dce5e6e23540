package io.platformapi.service.reconciliation;

import java.time.Instant;
import java.util.UUID;

/**
 * A counter beside what both books have of its window; figures in nano-units or whole units.
 *
 * @param seq its place in the run
 * @param start of its window, or null when that is not known, as are the figures of the books
 * @param end of its window, or null when there is none or it is not known
 * @param told the counter
 * @param rows what the gateway's own rows sum up to
 * @param least of the rows, what the counter must have
 * @param most of the rows, what it can have
 * @param ledger what the ledger sums up to
 * @param reason not to compare it, or null
 */
record ComparedCounter(
    UUID runId,
    int seq,
    String scope,
    String scopeId,
    CounterDimension dimension,
    Instant toldAt,
    Instant start,
    Instant end,
    long told,
    Long rows,
    Long least,
    Long most,
    Long ledger,
    CounterVerdict verdict,
    CounterReason reason) {}
