package io.platformapi.service.quota.reservation;

import io.platformapi.service.quota.engine.BalanceKey;

/** What a reservation holds of one balance. */
public record Hold(BalanceKey key, long amount) {}
