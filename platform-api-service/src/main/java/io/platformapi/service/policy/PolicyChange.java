package io.platformapi.service.policy;

import io.platformapi.service.auth.Caller;
import io.platformapi.service.http.IdempotentRequest;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * A request for a change of a tenant's policy.
 *
 * @param caller who wants it, for which tenant
 * @param idempotent its Idempotency-Key, or empty
 * @param precondition called with the version of what is there before it is changed; refuses by
 *     throwing
 */
record PolicyChange(
    Caller caller, Optional<IdempotentRequest> idempotent, LongConsumer precondition) {

  String tenant() {
    return caller.tenant();
  }
}
