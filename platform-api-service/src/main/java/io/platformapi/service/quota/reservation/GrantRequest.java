package io.platformapi.service.quota.reservation;

import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.quota.engine.QuotaAmounts;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * Somebody's wish to hold quotas.
 *
 * @param requestId null for the reservation's own id
 * @param estimates of a call, or of levels, not of both
 * @param actor who wishes it
 * @param key empty when the request has no Idempotency-Key
 * @param answer makes the answer that is kept for a repeated request
 */
public record GrantRequest(
    String requestId,
    Subject subject,
    QuotaAmounts estimates,
    Duration timeToLive,
    String actor,
    Optional<IdempotentRequest> key,
    Function<Grant, Response> answer) {}
