package io.platformapi.service.policy;

import io.dropwizard.auth.Auth;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.auth.Requires;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** {@code /v1/authz}: decisions for other services of the tenant. */
@Path("/v1/authz")
@Produces(MediaType.APPLICATION_JSON)
public final class AuthzResource {
  private final DecisionService decisions;

  AuthzResource(DecisionService decisions) {
    this.decisions = decisions;
  }

  @POST
  @Path("/check")
  @Consumes(MediaType.APPLICATION_JSON)
  @Requires(Permission.DECISIONS_CHECK)
  public CheckAnswer check(@Auth Caller caller, CheckRequest question) {
    return decisions.check(caller, question);
  }

  @POST
  @Path("/batch")
  @Consumes(MediaType.APPLICATION_JSON)
  @Requires(Permission.DECISIONS_CHECK)
  public BatchAnswer batch(@Auth Caller caller, BatchRequest questions) {
    return decisions.batch(caller, questions);
  }

  /** Tells the rules, so it takes the permission to read them. */
  @POST
  @Path("/explain")
  @Consumes(MediaType.APPLICATION_JSON)
  @Requires(Permission.POLICIES_READ)
  public ExplainAnswer explain(@Auth Caller caller, CheckRequest question) {
    return decisions.explain(caller, question);
  }
}
