package io.platformapi.service.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Writes the error envelope for what Jetty itself refuses: bad request lines, headers, sizes. */
final class EnvelopeErrorHandler extends ErrorHandler {
  private static final String ALLOWED = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
  private static final String RETRY_SECONDS = "1";

  private final ObjectMapper mapper;

  EnvelopeErrorHandler(ObjectMapper mapper) {
    this.mapper = mapper;
  }

  @Override
  public boolean errorPageForMethod(String method) {
    return true;
  }

  @Override
  protected void generateResponse(
      Request request,
      Response response,
      int status,
      String message,
      Throwable cause,
      Callback callback)
      throws IOException {
    RequestContext context = contextOf(request);
    // An error clears the answer's headers, the echoed ones with them.
    context.echo(response.getHeaders());
    if (status == HttpStatus.METHOD_NOT_ALLOWED_405) {
      response.getHeaders().put(HttpHeader.ALLOW, ALLOWED);
    }
    if (status == HttpStatus.SERVICE_UNAVAILABLE_503) {
      response.getHeaders().put(HttpHeader.RETRY_AFTER, RETRY_SECONDS);
    }
    ErrorBody body =
        new ErrorBody(
            new ErrorBody.Error(
                ErrorCode.ofStatus(status).code(),
                HttpStatus.getMessage(status),
                Map.of(),
                context.requestId()));
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.write(true, ByteBuffer.wrap(mapper.writeValueAsBytes(body)), callback);
  }

  private static RequestContext contextOf(Request request) {
    return request.getAttribute(RequestContext.ATTRIBUTE) instanceof RequestContext context
        ? context
        : RequestContext.of(request.getHeaders(), null);
  }
}
