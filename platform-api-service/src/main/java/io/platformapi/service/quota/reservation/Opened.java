package io.platformapi.service.quota.reservation;

import io.platformapi.service.http.IdempotencyClaim;
import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import java.util.List;
import java.util.Map;

/**
 * What a transaction found at its beginning.
 *
 * @param version of the tenant's quotas; it stays until the transaction ends
 * @param claims what is known of Idempotency-Keys; nothing of those that are new
 * @param reservations those that are there
 * @param balances those that are there
 */
public record Opened(
    long version,
    Map<IdempotentRequest, IdempotencyClaim> claims,
    List<Reservation> reservations,
    Map<BalanceKey, Balance> balances) {}
