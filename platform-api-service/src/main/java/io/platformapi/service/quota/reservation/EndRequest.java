package io.platformapi.service.quota.reservation;

import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.quota.engine.QuotaAmounts;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * Somebody's wish to end a reservation.
 *
 * @param id of the reservation
 * @param actual what was used, to settle it; null to release it
 * @param actor who wishes it
 * @param key empty when the request has no Idempotency-Key
 * @param answer makes the answer that is kept for a repeated request
 */
public record EndRequest(
    UUID id,
    QuotaAmounts actual,
    String actor,
    Optional<IdempotentRequest> key,
    Function<Reservation, Response> answer) {

  boolean settles() {
    return actual != null;
  }
}
