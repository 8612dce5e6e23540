package io.platformapi.service.http;

import io.platformapi.service.persistence.DatabaseUnavailableException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** 503 `unavailable` with `Retry-After`: a database or its connections cannot be had. */
final class DatabaseUnavailableMapper implements ExceptionMapper<DatabaseUnavailableException> {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final Logger log = LoggerFactory.getLogger(DatabaseUnavailableMapper.class);
  private final ErrorResponses errors;

  DatabaseUnavailableMapper(ErrorResponses errors) {
    this.errors = errors;
  }

  @Override
  public Response toResponse(DatabaseUnavailableException exception) {
    log.warn("database unavailable", exception);
    return errors.retryLater(
        ErrorCode.UNAVAILABLE, "the database cannot be reached now", Map.of(), RETRY_AFTER);
  }
}
