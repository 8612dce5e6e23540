package io.platformapi.service.http;

import io.platformapi.service.problem.IdempotencyKeyReusedException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;

/** 422 `idempotency_key_reused`: one key, two different requests. */
final class IdempotencyKeyReusedMapper implements ExceptionMapper<IdempotencyKeyReusedException> {
  private final ErrorResponses errors;

  IdempotencyKeyReusedMapper(ErrorResponses errors) {
    this.errors = errors;
  }

  @Override
  public Response toResponse(IdempotencyKeyReusedException exception) {
    return errors.of(ErrorCode.IDEMPOTENCY_KEY_REUSED, exception.getMessage());
  }
}
