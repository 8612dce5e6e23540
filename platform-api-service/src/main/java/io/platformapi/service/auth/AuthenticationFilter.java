package io.platformapi.service.auth;

import io.platformapi.service.http.ErrorCode;
import io.platformapi.service.http.ErrorResponses;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a request reach an endpoint only with the permission that the endpoint asks for, and keeps
 * what the endpoint refuses after that.
 */
final class AuthenticationFilter implements ContainerRequestFilter, ContainerResponseFilter {
  private static final Logger LOG = LoggerFactory.getLogger(AuthenticationFilter.class);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final ErrorResponses errors = new ErrorResponses();
  private final Authenticator authenticator;
  private final Permission permission;

  AuthenticationFilter(Authenticator authenticator, Permission permission) {
    this.authenticator = authenticator;
    this.permission = permission;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    Caller caller =
        authenticator.authenticate(
            request.getHeaders().get(HttpHeaders.AUTHORIZATION), Attempt.of(request), permission);
    request.setSecurityContext(new CallerSecurity(caller, request.getSecurityContext().isSecure()));
  }

  /** A refusal that cannot be kept stays one, but is not told as if it had been. */
  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    if (request.getSecurityContext() instanceof CallerSecurity security
        && security.caller.access() instanceof PolicyAccess access) {
      try {
        access.settle();
      } catch (RuntimeException e) {
        LOG.warn("a refusal cannot be kept", e);
        replace(
            response,
            errors.retryLater(
                ErrorCode.UNAVAILABLE, "the refusal cannot be kept now", Map.of(), RETRY_AFTER));
      }
    }
  }

  private static void replace(ContainerResponseContext response, Response other) {
    response.setStatus(other.getStatus());
    response.setEntity(other.getEntity(), null, other.getMediaType());
    response.getHeaders().putAll(other.getHeaders());
  }

  private record CallerSecurity(Caller caller, boolean secure) implements SecurityContext {
    @Override
    public Principal getUserPrincipal() {
      return caller;
    }

    @Override
    public boolean isUserInRole(String role) {
      return caller.scopes().contains(role);
    }

    @Override
    public boolean isSecure() {
      return secure;
    }

    @Override
    public String getAuthenticationScheme() {
      return "Bearer";
    }
  }
}
