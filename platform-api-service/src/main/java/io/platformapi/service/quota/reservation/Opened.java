package io.platformapi.service.quota.reservation;

import io.platformapi.service.http.IdempotencyClaim;
import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a transaction found at its beginning.
 *
 * @param version of the tenant's quotas; it stays until the transaction ends
 * @param earliestExpiry of the tenant's open reservations; null when there are none, or it was not
 *     asked for
 * @param claims what is known of Idempotency-Keys; nothing of those that are new
 * @param reservations those that are there
 * @param balances those that are there
 */
public record Opened(
    long version,
    Instant earliestExpiry,
    Map<IdempotentRequest, IdempotencyClaim> claims,
    List<Reservation> reservations,
    Map<BalanceKey, Balance> balances) {}
