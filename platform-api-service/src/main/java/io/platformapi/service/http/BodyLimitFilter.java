package io.platformapi.service.http;

import io.platformapi.service.problem.PayloadTooLargeException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import java.io.IOException;

/** Refuses a body over the limit: by its announced length, or else while it is read. */
final class BodyLimitFilter implements ContainerRequestFilter {
  private final long maximum;

  BodyLimitFilter(long maximum) {
    this.maximum = maximum;
  }

  @Override
  public void filter(ContainerRequestContext request) throws IOException {
    if (request.getLength() > maximum) {
      throw new PayloadTooLargeException(maximum);
    }
    if (request.hasEntity()) {
      request.setEntityStream(new LimitedInputStream(request.getEntityStream(), maximum));
    }
  }
}
