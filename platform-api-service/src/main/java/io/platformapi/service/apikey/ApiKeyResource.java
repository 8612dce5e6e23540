package io.platformapi.service.apikey;

import io.dropwizard.auth.Auth;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.auth.Requires;
import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.http.Page;
import io.platformapi.service.http.PageRequest;
import io.platformapi.service.http.Versions;
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

/** {@code /v1/api-keys}. */
@Path("/v1/api-keys")
@Produces(MediaType.APPLICATION_JSON)
public final class ApiKeyResource {
  private static final String NO_STORE = "no-store";

  private final ApiKeyService keys;

  public ApiKeyResource(ApiKeyService keys) {
    this.keys = keys;
  }

  @GET
  @Requires(Permission.API_KEYS_READ)
  public Page<ApiKeyDetails> list(
      @Auth Caller caller, @QueryParam("limit") String limit, @QueryParam("cursor") String cursor) {
    return keys.list(caller, PageRequest.parse(limit, cursor, ApiKeyService.LIST, 1));
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Requires(Permission.API_KEYS_WRITE)
  public Response create(
      @Auth Caller caller,
      @Context ContainerRequestContext request,
      @Context HttpHeaders headers,
      NewApiKey key) {
    Versions.checkAbsent(headers);
    return keys.create(change(caller, request, headers), key, ApiKeyResource::issued);
  }

  /** Never 304: the time of the last use moves without a version. */
  @GET
  @Path("/{id}")
  @Requires(Permission.API_KEYS_READ)
  public Response get(@Auth Caller caller, @PathParam("id") String id) {
    ApiKeyDetails key = keys.get(caller, id);
    return Response.ok(key).tag(Versions.tag(key.version())).build();
  }

  @POST
  @Path("/{id}/rotate")
  @Consumes(MediaType.APPLICATION_JSON)
  @Requires(Permission.API_KEYS_WRITE)
  public Response rotate(
      @Auth Caller caller,
      @Context ContainerRequestContext request,
      @Context HttpHeaders headers,
      @PathParam("id") String id,
      KeyRotation rotation) {
    return keys.rotate(change(caller, request, headers), id, rotation, ApiKeyResource::issued);
  }

  @DELETE
  @Path("/{id}")
  @Requires(Permission.API_KEYS_WRITE)
  public void revoke(
      @Auth Caller caller, @Context HttpHeaders headers, @PathParam("id") String id) {
    keys.revoke(
        new KeyChange(caller, Optional.empty(), version -> Versions.check(headers, version)), id);
  }

  private static KeyChange change(
      Caller caller, ContainerRequestContext request, HttpHeaders headers) {
    return new KeyChange(
        caller,
        IdempotentRequest.of(request, caller.tenant(), caller.subject()),
        version -> Versions.check(headers, version));
  }

  private static Response issued(IssuedApiKey key) {
    return Response.created(URI.create("/v1/api-keys/" + key.id()))
        .type(MediaType.APPLICATION_JSON_TYPE)
        .tag(Versions.tag(key.version()))
        .header(HttpHeaders.CACHE_CONTROL, NO_STORE)
        .entity(key)
        .build();
  }
}
