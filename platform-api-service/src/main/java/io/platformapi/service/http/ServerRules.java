package io.platformapi.service.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.util.component.LifeCycle;

/** Puts the request context and the error envelope around the whole server before it starts. */
final class ServerRules implements LifeCycle.Listener {
  private final ObjectMapper mapper;

  ServerRules(ObjectMapper mapper) {
    this.mapper = mapper;
  }

  @Override
  public void lifeCycleStarting(LifeCycle lifeCycle) {
    if (lifeCycle instanceof Server server) {
      EnvelopeErrorHandler errors = new EnvelopeErrorHandler(mapper);
      for (ContextHandler context : server.getDescendants(ContextHandler.class)) {
        context.setErrorHandler(errors);
      }
      server.setErrorHandler(errors);
      server.insertHandler(new RequestContextHandler());
    }
  }
}
