package io.platformapi.service.quota;

import io.dropwizard.auth.Auth;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.auth.Requires;
import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.http.Page;
import io.platformapi.service.http.PageRequest;
import io.platformapi.service.http.Versions;
import io.platformapi.service.problem.ResourceNotFoundException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
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
import java.util.Optional;
import java.util.UUID;

/**
 * {@code /v1/quotas/{id}/grants}: units on top of a limit. They belong to the tenant's set of
 * quotas, so their ETag is that of the set.
 */
@Path("/v1/quotas/{id}/grants")
@Produces(MediaType.APPLICATION_JSON)
public final class QuotaGrantResource {
  private final QuotaGrantService grants;

  QuotaGrantResource(QuotaGrantService grants) {
    this.grants = grants;
  }

  @GET
  @Requires(Permission.QUOTAS_READ)
  public Page<QuotaGrantDetails> list(
      @Auth Caller caller,
      @PathParam("id") String quotaId,
      @QueryParam("limit") String limit,
      @QueryParam("cursor") String cursor) {
    return grants.list(
        caller.tenant(),
        id(quotaId, "quota"),
        PageRequest.parse(limit, cursor, QuotaGrantService.LIST, 1));
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Requires(Permission.QUOTAS_WRITE)
  public Response create(
      @Auth Caller caller,
      @Context ContainerRequestContext request,
      @Context HttpHeaders headers,
      @PathParam("id") String quotaId,
      NewQuotaGrant wanted) {
    return grants.create(
        new QuotaChange(
            caller,
            IdempotentRequest.of(request, caller.tenant(), caller.actor()),
            version -> Versions.check(headers, version)),
        id(quotaId, "quota"),
        wanted,
        made ->
            Response.created(
                    URI.create(
                        "/v1/quotas/" + made.grant().quotaId() + "/grants/" + made.grant().id()))
                .type(MediaType.APPLICATION_JSON_TYPE)
                .tag(Versions.tag(made.version()))
                .entity(made.grant())
                .build());
  }

  @GET
  @Path("/{grant}")
  @Requires(Permission.QUOTAS_READ)
  public Response get(
      @Auth Caller caller, @PathParam("id") String quotaId, @PathParam("grant") String grantId) {
    VersionedGrant found = grants.get(caller.tenant(), id(quotaId, "quota"), id(grantId, "grant"));
    return Response.ok(found.grant()).tag(Versions.tag(found.version())).build();
  }

  /** Nothing is drawn from it any more; what was drawn stays drawn. */
  @DELETE
  @Path("/{grant}")
  @Requires(Permission.QUOTAS_WRITE)
  public Response revoke(
      @Auth Caller caller,
      @Context HttpHeaders headers,
      @PathParam("id") String quotaId,
      @PathParam("grant") String grantId) {
    grants.revoke(
        new QuotaChange(caller, Optional.empty(), version -> Versions.check(headers, version)),
        id(quotaId, "quota"),
        id(grantId, "grant"));
    return Response.noContent().build();
  }

  private static UUID id(String id, String what) {
    try {
      UUID parsed = UUID.fromString(id);
      if (parsed.toString().equalsIgnoreCase(id)) {
        return parsed;
      }
    } catch (IllegalArgumentException e) {
      // As unknown as any other that is none of ours.
    }
    throw new ResourceNotFoundException(what);
  }
}
