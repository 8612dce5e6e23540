package io.platformapi.service.http;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.MDC;

/**
 * Reads the ids of a request and echoes them, around everything else that the server does with it.
 */
final class RequestContextHandler extends Handler.Wrapper {

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    RequestContext context =
        RequestContext.of(request.getHeaders(), Request.getRemoteAddr(request));
    request.setAttribute(RequestContext.ATTRIBUTE, context);
    StreamedAnswer.Connection connection =
        () -> request.getConnectionMetaData().getConnection().getEndPoint().close();
    request.setAttribute(StreamedAnswer.CONNECTION, connection);
    context.echo(response.getHeaders());
    MDC.put(RequestContext.REQUEST_ID_IN_LOGS, context.requestId());
    try {
      return super.handle(request, response, callback);
    } finally {
      MDC.remove(RequestContext.REQUEST_ID_IN_LOGS);
    }
  }
}
