package io.platformapi.service.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.auth.Auth;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.auth.Requires;
import io.platformapi.service.problem.MalformedRequestException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;

/**
 * {@code /access/v1}: AuthZEN's Authorization API 1.0. Whatever is wrong with a request is 400, its
 * content type too, as that API has it.
 */
@Path("/access/v1")
@Produces(MediaType.APPLICATION_JSON)
public final class AuthzenResource {
  private final AuthzenService evaluations;
  private final ObjectMapper mapper;

  AuthzenResource(AuthzenService evaluations, ObjectMapper mapper) {
    this.evaluations = evaluations;
    this.mapper = mapper;
  }

  @POST
  @Path("/evaluation")
  @Consumes(MediaType.WILDCARD)
  @Requires(Permission.DECISIONS_CHECK)
  public Evaluation evaluation(@Auth Caller caller, @Context HttpHeaders headers, byte[] body)
      throws IOException {
    return evaluations.evaluate(caller, json(headers, body));
  }

  /** Answers a single question when there is no list of them. */
  @POST
  @Path("/evaluations")
  @Consumes(MediaType.WILDCARD)
  @Requires(Permission.DECISIONS_CHECK)
  public Object evaluations(@Auth Caller caller, @Context HttpHeaders headers, byte[] body)
      throws IOException {
    JsonNode asked = json(headers, body);
    return evaluations.isList(asked)
        ? evaluations.evaluateAll(caller, asked)
        : evaluations.evaluate(caller, asked);
  }

  private JsonNode json(HttpHeaders headers, byte[] body) throws IOException {
    MediaType type = headers.getMediaType();
    if (type == null || !MediaType.APPLICATION_JSON_TYPE.isCompatible(type)) {
      throw new MalformedRequestException("the body must be application/json");
    }
    return mapper.readTree(body);
  }
}
