package io.platformapi.service.quota;

import io.platformapi.service.auth.Caller;
import io.platformapi.service.http.IdempotentRequest;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Who changes the limits, and under which conditions.
 *
 * @param precondition throws when the present version of the set is not one the caller agreed to
 */
record QuotaChange(
    Caller caller, Optional<IdempotentRequest> idempotent, LongConsumer precondition) {}
