package io.platformapi.service.apikey;

import io.platformapi.service.auth.Caller;
import io.platformapi.service.http.IdempotentRequest;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Who changes a tenant's keys, and under which conditions.
 *
 * @param precondition throws when the present version of the key is not one the caller agreed to
 */
record KeyChange(Caller caller, Optional<IdempotentRequest> idempotent, LongConsumer precondition) {

  String tenant() {
    return caller.tenant();
  }
}
