package io.platformapi.service.tenant;

import io.platformapi.service.auth.Access;
import io.platformapi.service.http.IdempotentRequest;
import java.util.Optional;

/**
 * Who asks for a tenant.
 *
 * @param actor subject of the caller
 * @param access what it may do
 * @param requestId correlation id of the request
 * @param key its Idempotency-Key, or empty
 */
public record CreationRequest(
    String actor, Access access, String requestId, Optional<IdempotentRequest> key) {}
