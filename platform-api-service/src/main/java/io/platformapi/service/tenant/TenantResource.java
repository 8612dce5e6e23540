package io.platformapi.service.tenant;

import io.dropwizard.auth.Auth;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.auth.Requires;
import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.http.Page;
import io.platformapi.service.http.PageRequest;
import io.platformapi.service.http.Versions;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;

/** {@code /v1/tenants}. */
@Path("/v1/tenants")
@Produces(MediaType.APPLICATION_JSON)
public final class TenantResource {
  private static final String DATABASE = "admin";
  private static final String MERGE_PATCH = "application/merge-patch+json";

  private final TenantService tenants;

  public TenantResource(TenantService tenants) {
    this.tenants = tenants;
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Requires(Permission.TENANTS_WRITE)
  public Response create(
      @Auth Caller caller,
      @Context ContainerRequestContext request,
      @Context HttpHeaders headers,
      NewTenant tenant) {
    Versions.checkAbsent(headers);
    return tenants.create(
        tenant,
        new CreationRequest(
            caller.actor(),
            caller.access(),
            caller.requestId(),
            IdempotentRequest.of(request, DATABASE, caller.actor())),
        created ->
            Response.created(URI.create("/v1/tenants/" + created.id()))
                .type(MediaType.APPLICATION_JSON_TYPE)
                .tag(Versions.tag(created.version()))
                .entity(created)
                .build());
  }

  @GET
  @Requires(Permission.TENANTS_READ)
  public Page<TenantDetails> list(
      @Auth Caller caller, @QueryParam("limit") String limit, @QueryParam("cursor") String cursor) {
    return tenants.list(caller.access(), PageRequest.parse(limit, cursor, TenantService.LIST, 1));
  }

  /** Changes what is given, and nothing else; only the plan can be changed. */
  @PATCH
  @Path("/{id}")
  @Consumes({MediaType.APPLICATION_JSON, MERGE_PATCH})
  @Requires(Permission.TENANTS_WRITE)
  public Response patch(
      @Auth Caller caller,
      @Context ContainerRequestContext request,
      @Context HttpHeaders headers,
      @PathParam("id") String id,
      TenantPatch patch) {
    return tenants.patch(
        id,
        patch,
        new TenantChange(
            caller.actor(),
            caller.access(),
            caller.requestId(),
            IdempotentRequest.of(request, DATABASE, caller.actor()),
            version -> Versions.check(headers, version)),
        changed ->
            Response.ok(changed)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .tag(Versions.tag(changed.version()))
                .build());
  }

  @GET
  @Path("/{id}")
  @Requires(Permission.TENANTS_READ)
  public Response get(
      @Auth Caller caller, @Context HttpHeaders headers, @PathParam("id") String id) {
    TenantDetails tenant = tenants.get(caller.access(), id);
    if (Versions.unchanged(headers, tenant.version())) {
      return Response.notModified(Versions.tag(tenant.version())).build();
    }
    return Response.ok(tenant).tag(Versions.tag(tenant.version())).build();
  }
}
