package io.platformapi.service.policy;

import io.dropwizard.auth.Auth;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.auth.Requires;
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

/** {@code /v1/roles}: a tenant's roles, and which services and API keys have them. */
@Path("/v1/roles")
@Produces(MediaType.APPLICATION_JSON)
public final class RoleResource {
  private final RoleService roles;
  private final AssignmentService assignments;

  RoleResource(RoleService roles, AssignmentService assignments) {
    this.roles = roles;
    this.assignments = assignments;
  }

  @GET
  @Requires(Permission.POLICIES_READ)
  public Page<RoleDetails> list(
      @Auth Caller caller, @QueryParam("limit") String limit, @QueryParam("cursor") String cursor) {
    return roles.list(caller, PageRequest.parse(limit, cursor, RoleService.LIST, 1));
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Requires(Permission.POLICIES_WRITE)
  public Response create(
      @Auth Caller caller,
      @Context ContainerRequestContext request,
      @Context HttpHeaders headers,
      NewRole role) {
    Versions.checkAbsent(headers);
    return roles.create(
        PolicyResource.change(caller, request, headers),
        role,
        created ->
            Response.created(URI.create("/v1/roles/" + created.name()))
                .type(MediaType.APPLICATION_JSON_TYPE)
                .tag(Versions.tag(created.version()))
                .entity(created)
                .build());
  }

  @GET
  @Path("/{name}")
  @Requires(Permission.POLICIES_READ)
  public Response get(
      @Auth Caller caller, @Context HttpHeaders headers, @PathParam("name") String name) {
    RoleDetails role = roles.get(caller, name);
    return Versions.unchanged(headers, role.version())
        ? Response.notModified(Versions.tag(role.version())).build()
        : answer(role);
  }

  @PUT
  @Path("/{name}")
  @Consumes(MediaType.APPLICATION_JSON)
  @Requires(Permission.POLICIES_WRITE)
  public Response replace(
      @Auth Caller caller,
      @Context ContainerRequestContext request,
      @Context HttpHeaders headers,
      @PathParam("name") String name,
      NewRole role) {
    return roles.replace(
        PolicyResource.change(caller, request, headers), name, role, RoleResource::answer);
  }

  @DELETE
  @Path("/{name}")
  @Requires(Permission.POLICIES_WRITE)
  public Response delete(
      @Auth Caller caller,
      @Context ContainerRequestContext request,
      @Context HttpHeaders headers,
      @PathParam("name") String name) {
    return roles.delete(PolicyResource.change(caller, request, headers), name);
  }

  @GET
  @Path("/{name}/assignments")
  @Requires(Permission.POLICIES_READ)
  public Page<RoleAssignment> listAssignments(
      @Auth Caller caller,
      @PathParam("name") String name,
      @QueryParam("limit") String limit,
      @QueryParam("cursor") String cursor) {
    return assignments.list(
        caller, name, PageRequest.parse(limit, cursor, AssignmentService.LIST, 1));
  }

  @POST
  @Path("/{name}/assignments")
  @Consumes(MediaType.APPLICATION_JSON)
  @Requires(Permission.POLICIES_WRITE)
  public Response assign(
      @Auth Caller caller,
      @Context ContainerRequestContext request,
      @Context HttpHeaders headers,
      @PathParam("name") String name,
      NewAssignment assignment) {
    return assignments.assign(
        PolicyResource.change(caller, request, headers),
        name,
        assignment,
        made ->
            Response.created(URI.create("/v1/roles/" + name + "/assignments/" + made.id()))
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(made)
                .build());
  }

  @DELETE
  @Path("/{name}/assignments/{assignment}")
  @Requires(Permission.POLICIES_WRITE)
  public Response unassign(
      @Auth Caller caller,
      @Context ContainerRequestContext request,
      @Context HttpHeaders headers,
      @PathParam("name") String name,
      @PathParam("assignment") String assignment) {
    return assignments.unassign(PolicyResource.change(caller, request, headers), name, assignment);
  }

  private static Response answer(RoleDetails role) {
    return Response.ok(role)
        .type(MediaType.APPLICATION_JSON_TYPE)
        .tag(Versions.tag(role.version()))
        .build();
  }
}
