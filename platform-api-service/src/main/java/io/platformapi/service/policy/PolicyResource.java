package io.platformapi.service.policy;

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
import jakarta.ws.rs.PUT;
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

/** {@code /v1/policies}: a tenant's rules, what they may speak of, and drafts of them. */
@Path("/v1/policies")
@Produces(MediaType.APPLICATION_JSON)
public final class PolicyResource {
  private final PolicyService policies;
  private final SchemaService schemas;
  private final SimulationService simulations;

  PolicyResource(PolicyService policies, SchemaService schemas, SimulationService simulations) {
    this.policies = policies;
    this.schemas = schemas;
    this.simulations = simulations;
  }

  @GET
  @Requires(Permission.POLICIES_READ)
  public Page<PolicyDetails> list(
      @Auth Caller caller, @QueryParam("limit") String limit, @QueryParam("cursor") String cursor) {
    return policies.list(caller, PageRequest.parse(limit, cursor, PolicyService.LIST, 1));
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Requires(Permission.POLICIES_WRITE)
  public Response create(
      @Auth Caller caller,
      @Context ContainerRequestContext request,
      @Context HttpHeaders headers,
      NewPolicy policy) {
    Versions.checkAbsent(headers);
    return policies.create(
        change(caller, request, headers),
        policy,
        created ->
            Response.created(URI.create("/v1/policies/" + created.id()))
                .type(MediaType.APPLICATION_JSON_TYPE)
                .tag(Versions.tag(created.version()))
                .entity(created)
                .build());
  }

  @GET
  @Path("/{id}")
  @Requires(Permission.POLICIES_READ)
  public Response get(
      @Auth Caller caller, @Context HttpHeaders headers, @PathParam("id") String id) {
    PolicyDetails policy = policies.get(caller, id);
    return Versions.unchanged(headers, policy.version())
        ? Response.notModified(Versions.tag(policy.version())).build()
        : answer(policy);
  }

  @PUT
  @Path("/{id}")
  @Consumes(MediaType.APPLICATION_JSON)
  @Requires(Permission.POLICIES_WRITE)
  public Response replace(
      @Auth Caller caller,
      @Context ContainerRequestContext request,
      @Context HttpHeaders headers,
      @PathParam("id") String id,
      NewPolicy policy) {
    return policies.replace(change(caller, request, headers), id, policy, PolicyResource::answer);
  }

  @DELETE
  @Path("/{id}")
  @Requires(Permission.POLICIES_WRITE)
  public Response delete(
      @Auth Caller caller,
      @Context ContainerRequestContext request,
      @Context HttpHeaders headers,
      @PathParam("id") String id) {
    return policies.delete(change(caller, request, headers), id);
  }

  @GET
  @Path("/schema")
  @Requires(Permission.POLICIES_READ)
  public Response schema(@Auth Caller caller, @Context HttpHeaders headers) {
    VersionedSchema found = schemas.get(caller);
    return Versions.unchanged(headers, found.version())
        ? Response.notModified(Versions.tag(found.version())).build()
        : answer(found);
  }

  /** Replaces the whole schema. */
  @PUT
  @Path("/schema")
  @Consumes(MediaType.APPLICATION_JSON)
  @Requires(Permission.POLICIES_WRITE)
  public Response replaceSchema(
      @Auth Caller caller,
      @Context ContainerRequestContext request,
      @Context HttpHeaders headers,
      PolicySchema schema) {
    return schemas.replace(change(caller, request, headers), schema, PolicyResource::answer);
  }

  /** Changes nothing. */
  @POST
  @Path("/simulate")
  @Consumes(MediaType.APPLICATION_JSON)
  @Requires(Permission.POLICIES_READ)
  public SimulationReport simulate(
      @Auth Caller caller,
      @QueryParam("limit") String limit,
      @QueryParam("cursor") String cursor,
      SimulationRequest draft) {
    return simulations.simulate(
        caller, draft, PageRequest.parse(limit, cursor, SimulationService.LIST, 2));
  }

  static PolicyChange change(Caller caller, ContainerRequestContext request, HttpHeaders headers) {
    return new PolicyChange(
        caller,
        IdempotentRequest.of(request, caller.tenant(), caller.subject()),
        version -> Versions.check(headers, version));
  }

  private static Response answer(PolicyDetails policy) {
    return Response.ok(policy)
        .type(MediaType.APPLICATION_JSON_TYPE)
        .tag(Versions.tag(policy.version()))
        .build();
  }

  private static Response answer(VersionedSchema found) {
    return Response.ok(found.schema())
        .type(MediaType.APPLICATION_JSON_TYPE)
        .tag(Versions.tag(found.version()))
        .build();
  }
}
