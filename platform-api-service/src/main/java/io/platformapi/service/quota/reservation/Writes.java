package io.platformapi.service.quota.reservation;

import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.quota.engine.BalanceChange;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;

/**
 * What a transaction changes.
 *
 * @param changes of balances
 * @param made new reservations
 * @param ended reservations that were locked, as they are now
 * @param answers to be given again to those who repeat a request
 */
public record Writes(
    List<BalanceChange> changes,
    List<Reservation> made,
    List<Reservation> ended,
    Map<IdempotentRequest, Response> answers) {}
