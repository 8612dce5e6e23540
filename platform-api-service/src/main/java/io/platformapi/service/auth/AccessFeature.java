package io.platformapi.service.auth;

import io.dropwizard.auth.Auth;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.FeatureContext;
import java.lang.reflect.Method;
import java.util.Arrays;

/** Guards every endpoint by what it declares, and stops the start when one declares nothing. */
final class AccessFeature implements DynamicFeature {
  // Jersey answers OPTIONS by itself, with nothing but the methods of a path.
  private static final String OPTIONS_PACKAGE = "org.glassfish.jersey.server.wadl.processor.";

  private final Authenticator authenticator;
  private final IngestTokens ingestTokens;
  private final Refusals refusals;

  AccessFeature(Authenticator authenticator, IngestTokens ingestTokens, Refusals refusals) {
    this.authenticator = authenticator;
    this.ingestTokens = ingestTokens;
    this.refusals = refusals;
  }

  @Override
  public void configure(ResourceInfo resource, FeatureContext context) {
    Method method = resource.getResourceMethod();
    if (method.getDeclaringClass().getName().startsWith(OPTIONS_PACKAGE)) {
      return;
    }
    Requires requires = method.getAnnotation(Requires.class);
    boolean open = method.isAnnotationPresent(Open.class);
    boolean ingest = method.isAnnotationPresent(IngestAuthenticated.class);
    if ((requires != null) == (open || ingest)) {
      throw new IllegalStateException(
          method + " must declare either @Requires, or @Open or @IngestAuthenticated");
    }
    if (requires != null) {
      context.register(
          new AuthenticationFilter(authenticator, requires.value()), Priorities.AUTHENTICATION);
    } else if (takesCaller(method)) {
      throw new IllegalStateException(method + " is given no caller without @Requires");
    }
    if (ingest) {
      context.register(
          new IngestAuthenticationFilter(ingestTokens, refusals), Priorities.AUTHENTICATION);
    }
  }

  private static boolean takesCaller(Method method) {
    return Arrays.stream(method.getParameters())
        .anyMatch(parameter -> parameter.isAnnotationPresent(Auth.class));
  }
}
