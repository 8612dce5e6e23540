package io.platformapi.service.reconciliation;

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

/** {@code /v1/reconciliations/policy}: what is done about which difference. */
@Path("/v1/reconciliations/policy")
@Produces(MediaType.APPLICATION_JSON)
public final class ReconciliationPolicyResource {
  private final PolicyEditor policies;

  ReconciliationPolicyResource(PolicyEditor policies) {
    this.policies = policies;
  }

  @GET
  @Requires(Permission.RECONCILIATIONS_READ)
  public Response get(@Auth Caller caller, @Context HttpHeaders headers) {
    ReconciliationPolicyDetails found = policies.get(caller.tenant());
    return Versions.unchanged(headers, found.version())
        ? Response.notModified(Versions.tag(found.version())).build()
        : answer(found);
  }

  /** Replaces the whole policy. */
  @PUT
  @Consumes(MediaType.APPLICATION_JSON)
  @Requires(Permission.RECONCILIATIONS_WRITE)
  public Response replace(
      @Auth Caller caller,
      @Context ContainerRequestContext request,
      @Context HttpHeaders headers,
      NewReconciliationPolicy wanted) {
    return policies.replace(
        new PolicyEditor.Change(
            caller.tenant(),
            caller.actor(),
            caller.requestId(),
            IdempotentRequest.of(request, caller.tenant(), caller.actor()),
            version -> Versions.check(headers, version)),
        wanted,
        ReconciliationPolicyResource::answer);
  }

  private static Response answer(ReconciliationPolicyDetails found) {
    return Response.ok(found)
        .type(MediaType.APPLICATION_JSON_TYPE)
        .tag(Versions.tag(found.version()))
        .build();
  }
}
