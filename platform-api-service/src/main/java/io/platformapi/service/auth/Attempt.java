package io.platformapi.service.auth;

import io.platformapi.service.http.RequestContext;
import jakarta.ws.rs.container.ContainerRequestContext;

/**
 * What is called, as far as it matters to whether it may be.
 *
 * @param request ids and selection of the request
 * @param method HTTP method
 * @param path path, without query
 */
record Attempt(RequestContext request, String method, String path) {

  static Attempt of(ContainerRequestContext call) {
    return new Attempt(
        (RequestContext) call.getProperty(RequestContext.ATTRIBUTE),
        call.getMethod(),
        call.getUriInfo().getPath());
  }
}
