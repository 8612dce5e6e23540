package io.platformapi.service.signin;

import io.dropwizard.auth.Auth;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.auth.Requires;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** A caller's own session. */
@Path("/v1/auth")
@Produces(MediaType.APPLICATION_JSON)
public final class SessionResource {
  private final SessionService service;

  public SessionResource(SessionService service) {
    this.service = service;
  }

  @GET
  @Path("me")
  @Requires(Permission.OWN_SESSION)
  public Response me(@Auth Caller caller) {
    return Response.ok(service.me(caller)).header(HttpHeaders.CACHE_CONTROL, "no-store").build();
  }

  /** The body may be absent. */
  @POST
  @Path("logout")
  @Requires(Permission.OWN_SESSION)
  @Consumes(MediaType.APPLICATION_JSON)
  public Response logout(
      @Auth Caller caller, Logout given, @Context ContainerRequestContext request) {
    EndedSession ended =
        service.logout(caller, given == null ? Logout.PLAIN : given, SignInResource.trace(request));
    return Response.ok(ended).header(HttpHeaders.CACHE_CONTROL, "no-store").build();
  }
}
