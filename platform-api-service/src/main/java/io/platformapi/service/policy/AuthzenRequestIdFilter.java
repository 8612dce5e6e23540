package io.platformapi.service.policy;

import io.platformapi.service.http.RequestContext;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import java.util.List;

/**
 * Gives AuthZEN's callers back the request id that they sent, whatever text it is, as the
 * Authorization API 1.0 has it. Our own id of such a request may be another: only plain ones are
 * used.
 */
final class AuthzenRequestIdFilter implements ContainerResponseFilter {
  private static final String PATH = "access/v1/";

  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    if (request.getUriInfo().getPath().startsWith(PATH)) {
      List<String> sent = request.getHeaders().get(RequestContext.REQUEST_ID);
      if (sent != null && sent.size() == 1 && isText(sent.get(0))) {
        response.getHeaders().putSingle(RequestContext.REQUEST_ID, sent.get(0));
      }
    }
  }

  /** What can be sent back as it came: one line of ASCII. */
  private static boolean isText(String value) {
    return !value.isEmpty() && value.chars().allMatch(c -> c >= ' ' && c < 0x7f);
  }
}
