package io.platformapi.service.policy;

import io.platformapi.service.auth.Open;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.CacheControl;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;

/** {@code /.well-known/authzen-configuration}: where AuthZEN's endpoints are. */
@Path("/.well-known/authzen-configuration")
@Produces(MediaType.APPLICATION_JSON)
public final class AuthzenMetadataResource {
  private static final int MAX_AGE_SECONDS = 3600;

  private final AuthzenMetadata metadata;

  /**
   * @param publicUrl where the callers find this service, without query and fragment
   */
  AuthzenMetadataResource(URI publicUrl) {
    String base = publicUrl.toString().replaceAll("/+$", "");
    this.metadata =
        new AuthzenMetadata(base, base + "/access/v1/evaluation", base + "/access/v1/evaluations");
  }

  @GET
  @Open
  public Response get() {
    CacheControl control = new CacheControl();
    control.setMaxAge(MAX_AGE_SECONDS);
    return Response.ok(metadata).cacheControl(control).build();
  }
}
