package io.platformapi.service.http;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The status that Jersey chose, in the envelope: 404, 405 with `Allow`, 406, 415 and the like. */
final class WebApplicationMapper implements ExceptionMapper<WebApplicationException> {
  private static final int FIRST_ERROR = 400;
  private static final int FIRST_SERVER_ERROR = 500;

  private final Logger log = LoggerFactory.getLogger(WebApplicationMapper.class);
  private final ErrorResponses errors;

  WebApplicationMapper(ErrorResponses errors) {
    this.errors = errors;
  }

  @Override
  public Response toResponse(WebApplicationException exception) {
    Response given = exception.getResponse();
    int status = given.getStatus();
    if (status < FIRST_ERROR) {
      return given;
    }
    if (status >= FIRST_SERVER_ERROR) {
      log.error("request failed", exception);
    }
    ErrorCode code = ErrorCode.ofStatus(status);
    Response.ResponseBuilder answer =
        errors.builder(code, given.getStatusInfo().getReasonPhrase(), Map.of()).status(status);
    String allow = given.getHeaderString(HttpHeaders.ALLOW);
    if (allow != null) {
      answer.header(HttpHeaders.ALLOW, allow);
    }
    return answer.build();
  }
}
