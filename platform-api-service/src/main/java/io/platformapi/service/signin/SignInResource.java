package io.platformapi.service.signin;

import io.platformapi.service.auth.Open;
import io.platformapi.service.http.RequestContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/**
 * Signing in through the issuer. An Idempotency-Key changes nothing here: an answer holds secrets,
 * so none is kept, and code, state and refresh token are good for one use by themselves.
 */
@Path("/v1/auth")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class SignInResource {
  private final SignInService service;

  public SignInResource(SignInService service) {
    this.service = service;
  }

  @POST
  @Path("login")
  @Open
  @Consumes(MediaType.APPLICATION_JSON)
  public Response login(NewSignIn given) {
    return secret(service.start(given));
  }

  @POST
  @Path("callback")
  @Open
  @Consumes(MediaType.APPLICATION_JSON)
  public Response callback(Callback given, @Context ContainerRequestContext request) {
    return secret(service.complete(given, trace(request)));
  }

  @POST
  @Path("refresh")
  @Open
  @Consumes(MediaType.APPLICATION_JSON)
  public Response refresh(RefreshRequest given, @Context ContainerRequestContext request) {
    return secret(service.refresh(given, trace(request)));
  }

  /** RFC 6749, section 5.1: nobody on the way may keep it. */
  private static Response secret(Object body) {
    return Response.ok(body).header(HttpHeaders.CACHE_CONTROL, "no-store").build();
  }

  static RequestTrace trace(ContainerRequestContext request) {
    RequestContext context = (RequestContext) request.getProperty(RequestContext.ATTRIBUTE);
    return new RequestTrace(context.requestId(), context.traceparent());
  }
}
