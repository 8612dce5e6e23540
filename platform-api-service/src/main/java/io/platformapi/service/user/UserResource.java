package io.platformapi.service.user;

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
import java.util.Optional;
import java.util.UUID;

/** {@code /v1/users}. */
@Path("/v1/users")
@Produces(MediaType.APPLICATION_JSON)
public final class UserResource {
  private static final String MERGE_PATCH = "application/merge-patch+json";

  private final UserService users;

  public UserResource(UserService users) {
    this.users = users;
  }

  @GET
  @Requires(Permission.USERS_READ)
  public Page<UserDetails> list(
      @Auth Caller caller,
      @QueryParam("limit") String limit,
      @QueryParam("cursor") String cursor,
      @QueryParam("status") String status,
      @QueryParam("role") String role,
      @QueryParam("email") String email,
      @QueryParam("subject") String subject) {
    return users.list(
        caller,
        new UserQuery(UserRules.listed(status), role, email, subject),
        PageRequest.parse(limit, cursor, UserService.LIST, 1));
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Requires(Permission.USERS_WRITE)
  public Response create(
      @Auth Caller caller,
      @Context ContainerRequestContext request,
      @Context HttpHeaders headers,
      NewUser user) {
    Versions.checkAbsent(headers);
    return users.create(
        change(caller, request, headers),
        user,
        created ->
            Response.created(URI.create("/v1/users/" + created.id()))
                .type(MediaType.APPLICATION_JSON_TYPE)
                .tag(Versions.tag(created.version()))
                .entity(created)
                .build());
  }

  @GET
  @Path("/{id}")
  @Requires(Permission.USERS_READ)
  public Response get(
      @Auth Caller caller, @Context HttpHeaders headers, @PathParam("id") String id) {
    UserDetails user = users.get(caller, id(id));
    return Versions.unchanged(headers, user.version())
        ? Response.notModified(Versions.tag(user.version())).build()
        : answer(user);
  }

  /** Merges the body into the user (RFC 7396); a status suspends or resumes it. */
  @PATCH
  @Path("/{id}")
  @Consumes({MediaType.APPLICATION_JSON, MERGE_PATCH})
  @Requires(Permission.USERS_WRITE)
  public Response patch(
      @Auth Caller caller,
      @Context ContainerRequestContext request,
      @Context HttpHeaders headers,
      @PathParam("id") String id,
      UserPatch patch) {
    return users.patch(change(caller, request, headers), id(id), patch, UserResource::answer);
  }

  @DELETE
  @Path("/{id}")
  @Requires(Permission.USERS_WRITE)
  public Response delete(
      @Auth Caller caller,
      @Context ContainerRequestContext request,
      @Context HttpHeaders headers,
      @PathParam("id") String id) {
    users.delete(change(caller, request, headers), id(id));
    return Response.noContent().build();
  }

  private static UserChange change(
      Caller caller, ContainerRequestContext request, HttpHeaders headers) {
    Optional<IdempotentRequest> idempotent =
        IdempotentRequest.of(request, caller.tenant(), caller.actor());
    return new UserChange(caller, idempotent, version -> Versions.check(headers, version));
  }

  private static UUID id(String text) {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw new ResourceNotFoundException("user");
    }
  }

  private static Response answer(UserDetails user) {
    return Response.ok(user)
        .type(MediaType.APPLICATION_JSON_TYPE)
        .tag(Versions.tag(user.version()))
        .build();
  }
}
