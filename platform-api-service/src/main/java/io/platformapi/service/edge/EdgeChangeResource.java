package io.platformapi.service.edge;

import io.dropwizard.auth.Auth;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.auth.Requires;
import io.platformapi.service.http.Page;
import io.platformapi.service.http.PageRequest;
import io.platformapi.service.reconciliation.RunReader;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;

/** {@code /v1/reconciliations/{id}/limits}: what a run did about limits at the edge. */
@Path("/v1/reconciliations/{id}/limits")
@Produces(MediaType.APPLICATION_JSON)
public final class EdgeChangeResource {
  private final RunReader runs;
  private final RunLimits limits;

  EdgeChangeResource(RunReader runs, RunLimits limits) {
    this.runs = runs;
    this.limits = limits;
  }

  @GET
  @Requires(Permission.RECONCILIATIONS_READ)
  public Page<EdgeChange> list(
      @Auth Caller caller,
      @PathParam("id") String id,
      @QueryParam("limit") String limit,
      @QueryParam("cursor") String cursor) {
    return limits.page(
        caller.tenant(),
        runs.run(caller.tenant(), id).id(),
        PageRequest.parse(limit, cursor, RunLimits.LIST, 1));
  }
}
