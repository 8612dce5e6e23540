package io.platformapi.service.quota;

import io.dropwizard.auth.Auth;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.auth.Requires;
import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.http.PageRequest;
import io.platformapi.service.http.Versions;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** {@code /v1/quotas}: the limits themselves. */
@Path("/v1/quotas")
@Produces(MediaType.APPLICATION_JSON)
public final class QuotaResource {
  private final QuotaService quotas;

  public QuotaResource(QuotaService quotas) {
    this.quotas = quotas;
  }

  @GET
  @Requires(Permission.QUOTAS_READ)
  public Response list(
      @Auth Caller caller,
      @Context HttpHeaders headers,
      @QueryParam("limit") String limit,
      @QueryParam("cursor") String cursor) {
    VersionedQuotas found =
        quotas.list(caller.tenant(), PageRequest.parse(limit, cursor, QuotaService.LIST, 1));
    return Versions.unchanged(headers, found.version())
        ? Response.notModified(Versions.tag(found.version())).build()
        : answer(found);
  }

  /** Replaces the tenant's whole set of limits. */
  @PUT
  @Consumes(MediaType.APPLICATION_JSON)
  @Requires(Permission.QUOTAS_WRITE)
  public Response replace(
      @Auth Caller caller,
      @Context ContainerRequestContext request,
      @Context HttpHeaders headers,
      NewQuotas wanted) {
    return quotas.replace(
        new QuotaChange(
            caller,
            IdempotentRequest.of(request, caller.tenant(), caller.actor()),
            version -> Versions.check(headers, version)),
        wanted,
        QuotaResource::answer);
  }

  private static Response answer(VersionedQuotas found) {
    return Response.ok(found.page())
        .type(MediaType.APPLICATION_JSON_TYPE)
        .tag(Versions.tag(found.version()))
        .build();
  }
}
