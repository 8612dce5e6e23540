package io.platformapi.service.quota.reservation;

import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import java.util.List;
import java.util.Map;

/**
 * What became of a {@link Holding}.
 *
 * @param before all its balances as they were found
 * @param changed those that it has changed, as they are now
 */
public record Held(Map<BalanceKey, Balance> before, List<Balance> changed) {}
