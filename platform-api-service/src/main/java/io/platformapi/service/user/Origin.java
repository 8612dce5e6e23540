package io.platformapi.service.user;

import io.platformapi.service.auth.Caller;

/**
 * Who caused a change, where.
 *
 * @param actor as audit and events name it
 * @param requestId correlation id of the request
 */
record Origin(String tenantId, String platformId, String actor, String requestId) {

  static Origin of(Caller caller) {
    return new Origin(caller.tenant(), caller.platformId(), caller.actor(), caller.requestId());
  }
}
