package io.platformapi.service.quota;

import io.dropwizard.auth.Auth;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.auth.Requires;
import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.http.Versions;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** {@code /v1/platform/defaults}: what the platform gives its tenants. */
@Path("/v1/platform/defaults")
@Produces(MediaType.APPLICATION_JSON)
public final class DefaultsResource {
  private static final String DATABASE = "admin";

  private final DefaultsService defaults;

  public DefaultsResource(DefaultsService defaults) {
    this.defaults = defaults;
  }

  @GET
  @Requires(Permission.PLATFORM_READ)
  public Response get(@Auth Caller caller, @Context HttpHeaders headers) {
    VersionedDefaults found = defaults.get();
    return Versions.unchanged(headers, found.version())
        ? Response.notModified(Versions.tag(found.version())).build()
        : answer(found);
  }

  /** Replaces the defaults as a whole. */
  @PUT
  @Consumes(MediaType.APPLICATION_JSON)
  @Requires(Permission.PLATFORM_WRITE)
  public Response replace(
      @Auth Caller caller,
      @Context ContainerRequestContext request,
      @Context HttpHeaders headers,
      NewDefaults wanted) {
    return defaults.replace(
        new QuotaChange(
            caller,
            IdempotentRequest.of(request, DATABASE, caller.actor()),
            version -> Versions.check(headers, version)),
        wanted,
        DefaultsResource::answer);
  }

  private static Response answer(VersionedDefaults found) {
    return Response.ok(found.defaults())
        .type(MediaType.APPLICATION_JSON_TYPE)
        .tag(Versions.tag(found.version()))
        .build();
  }
}
