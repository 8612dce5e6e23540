package io.platformapi.service.auth;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;

/** Lets a request reach an endpoint only with the permission that the endpoint asks for. */
final class AuthenticationFilter implements ContainerRequestFilter {
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
