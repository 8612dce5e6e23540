package io.platformapi.service.http;

import io.platformapi.service.problem.TenantSuspendedException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;

/** 403 `tenant_suspended`: the tenant exists and may not be used now. */
final class TenantSuspendedMapper implements ExceptionMapper<TenantSuspendedException> {
  private final ErrorResponses errors;

  TenantSuspendedMapper(ErrorResponses errors) {
    this.errors = errors;
  }

  @Override
  public Response toResponse(TenantSuspendedException exception) {
    return errors.of(ErrorCode.TENANT_SUSPENDED, exception.getMessage());
  }
}
