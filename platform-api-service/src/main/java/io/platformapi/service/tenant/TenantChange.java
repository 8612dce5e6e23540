package io.platformapi.service.tenant;

import io.platformapi.service.auth.Access;
import io.platformapi.service.http.IdempotentRequest;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Who changes a tenant, and under which conditions.
 *
 * @param actor subject of the caller
 * @param access what it may do
 * @param requestId correlation id of the request
 * @param key its Idempotency-Key, or empty
 * @param precondition throws when the present version is not one the caller agreed to
 */
public record TenantChange(
    String actor,
    Access access,
    String requestId,
    Optional<IdempotentRequest> key,
    LongConsumer precondition) {}
