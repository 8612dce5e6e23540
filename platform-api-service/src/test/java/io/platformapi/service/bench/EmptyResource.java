package io.platformapi.service.bench;

import io.platformapi.service.auth.Open;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.auth.Requires;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Map;

/**
 * Does nothing behind the same server, filters and serialization: what an answer costs at least,
 * with a caller that the policy is asked about, with one that is only told apart, and without.
 */
@Path("/v1/empty")
@Produces(MediaType.APPLICATION_JSON)
public final class EmptyResource {
  @GET
  @Requires(Permission.QUOTAS_READ)
  public Map<String, String> empty() {
    return Map.of();
  }

  @GET
  @Path("/own")
  @Requires(Permission.OWN_SESSION)
  public Map<String, String> own() {
    return Map.of();
  }

  @GET
  @Path("/open")
  @Open
  public Map<String, String> open() {
    return Map.of();
  }
}
