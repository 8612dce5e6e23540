package io.platformapi.service.http;

import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** 500 `internal` for everything that no other mapper knows: the cause goes to the log alone. */
final class UnexpectedMapper implements ExceptionMapper<Throwable> {
  private final Logger log = LoggerFactory.getLogger(UnexpectedMapper.class);
  private final ErrorResponses errors;

  UnexpectedMapper(ErrorResponses errors) {
    this.errors = errors;
  }

  @Override
  public Response toResponse(Throwable exception) {
    log.error("request failed", exception);
    return errors.of(ErrorCode.INTERNAL, "the request failed on our side");
  }
}
