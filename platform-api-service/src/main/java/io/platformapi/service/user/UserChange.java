package io.platformapi.service.user;

import io.platformapi.service.auth.Caller;
import io.platformapi.service.http.IdempotentRequest;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Who changes a user, and under which conditions.
 *
 * @param precondition throws when the present version is not one the caller agreed to
 */
record UserChange(
    Caller caller, Optional<IdempotentRequest> idempotent, LongConsumer precondition) {}
