package io.platformapi.service.quota.engine;

import java.time.Instant;

/**
 * What a change adds to a balance.
 *
 * @param slot part of a rolling window in which it was used, or null
 * @param used may be negative: a correction
 * @param held may be negative: a hold that goes
 */
public record BalanceChange(BalanceKey key, Instant slot, long used, long held) {}
