package io.platformapi.service.reconciliation;

import java.util.UUID;

/**
 * Which differences of a run are meant; null is any.
 *
 * @param key hash or alias of the API key, on either side
 * @param model on either side
 * @param minCostNanos least difference in cost, whatever its sign
 */
record ItemQuery(
    UUID run,
    DifferenceClass difference,
    ItemStatus status,
    String callId,
    String teamId,
    String key,
    String model,
    Long minCostNanos) {}
