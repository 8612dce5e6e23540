package io.platformapi.service.tenant;

import io.platformapi.service.http.IdempotentRequest;
import java.util.Optional;

/**
 * Who asks for a tenant.
 *
 * @param actor subject of the caller
 * @param requestId correlation id of the request
 * @param key its Idempotency-Key, or empty
 */
public record CreationRequest(String actor, String requestId, Optional<IdempotentRequest> key) {}
