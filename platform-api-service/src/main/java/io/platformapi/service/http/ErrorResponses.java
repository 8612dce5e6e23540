package io.platformapi.service.http;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.Map;
import org.slf4j.MDC;

/** Builds the answer of an error: status, envelope, and the id of the request at hand. */
public final class ErrorResponses {

  public Response of(ErrorCode code, String message) {
    return of(code, message, Map.of());
  }

  public Response of(ErrorCode code, String message, Map<String, Object> details) {
    return builder(code, message, details).build();
  }

  /** With {@code Retry-After}, in whole seconds, at least one. */
  public Response retryLater(
      ErrorCode code, String message, Map<String, Object> details, Duration after) {
    return builder(code, message, details)
        .header(HttpHeaders.RETRY_AFTER, Math.max(1, after.toSeconds()))
        .build();
  }

  Response.ResponseBuilder builder(ErrorCode code, String message, Map<String, Object> details) {
    // JSON whatever the caller accepts: an error must be readable, and 406 is one itself.
    return Response.status(code.status())
        .type(MediaType.APPLICATION_JSON_TYPE)
        .entity(body(code, message, details));
  }

  ErrorBody body(ErrorCode code, String message, Map<String, Object> details) {
    return new ErrorBody(
        new ErrorBody.Error(
            code.code(), message, details, MDC.get(RequestContext.REQUEST_ID_IN_LOGS)));
  }
}
