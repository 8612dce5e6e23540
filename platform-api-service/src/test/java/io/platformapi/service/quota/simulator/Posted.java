package io.platformapi.service.quota.simulator;

import io.platformapi.service.usage.LedgerCall;

/**
 * A row of the usage events.
 *
 * @param settlement whether a caller settled it; else the gateway told of it
 * @param reversed whether an event has taken its place
 */
record Posted(LedgerCall call, boolean settlement, boolean reversed) {}
