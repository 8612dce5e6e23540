package io.platformapi.service.http;

import io.platformapi.service.persistence.UnknownDatabaseException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.time.Duration;
import java.util.Map;

/** 503 `unavailable` with `Retry-After`: the tenant has no database yet. */
final class UnknownDatabaseMapper implements ExceptionMapper<UnknownDatabaseException> {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final ErrorResponses errors;

  UnknownDatabaseMapper(ErrorResponses errors) {
    this.errors = errors;
  }

  @Override
  public Response toResponse(UnknownDatabaseException exception) {
    return errors.retryLater(
        ErrorCode.UNAVAILABLE, "the tenant is not ready", Map.of(), RETRY_AFTER);
  }
}
