package io.platformapi.service.reconciliation;

import io.platformapi.routes.message.RunState;
import java.time.Instant;

/**
 * Which runs are meant; null is any.
 *
 * @param from only those whose window reaches beyond it
 * @param to only those whose window begins before it
 */
record RunQuery(RunState state, Instant from, Instant to) {}
