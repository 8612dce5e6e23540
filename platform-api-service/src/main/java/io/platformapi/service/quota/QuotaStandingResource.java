package io.platformapi.service.quota;

import io.dropwizard.auth.Auth;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.auth.Requires;
import io.platformapi.service.http.Page;
import io.platformapi.service.http.PageRequest;
import io.platformapi.service.problem.ResourceNotFoundException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.UUID;

/** {@code /v1/quotas/{id}/usage}: how one limit stands, whatever its scopes and its window are. */
@Path("/v1/quotas/{id}/usage")
@Produces(MediaType.APPLICATION_JSON)
public final class QuotaStandingResource {
  private final QuotaStandingService standings;

  QuotaStandingResource(QuotaStandingService standings) {
    this.standings = standings;
  }

  @GET
  @Requires(Permission.QUOTAS_READ)
  public Page<QuotaStanding> list(
      @Auth Caller caller,
      @PathParam("id") String id,
      @QueryParam("limit") String limit,
      @QueryParam("cursor") String cursor) {
    return standings.list(
        caller.tenant(), id(id), PageRequest.parse(limit, cursor, QuotaStandingService.LIST, 1));
  }

  private static UUID id(String id) {
    try {
      UUID parsed = UUID.fromString(id);
      if (parsed.toString().equalsIgnoreCase(id)) {
        return parsed;
      }
    } catch (IllegalArgumentException e) {
      // As unknown as any other that is none of ours.
    }
    throw new ResourceNotFoundException("quota");
  }
}
