package io.platformapi.service.reconciliation;

import io.dropwizard.auth.Auth;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.auth.Requires;
import io.platformapi.service.http.CsvWriter;
import io.platformapi.service.http.Export;
import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.http.Page;
import io.platformapi.service.http.PageRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.Optional;
import java.util.UUID;

/** {@code /v1/reconciliations}: comparisons of the ledger with the gateway's book. */
@Path("/v1/reconciliations")
@Produces(MediaType.APPLICATION_JSON)
public final class ReconciliationResource {
  private static final Export.Listing ITEMS =
      new Export.Listing(RunReader.ITEMS, RunReader.ITEMS_CURSOR_PARTS);

  private final RunReader reader;
  private final RunCommands commands;

  ReconciliationResource(RunReader reader, RunCommands commands) {
    this.reader = reader;
    this.commands = commands;
  }

  @GET
  @Requires(Permission.RECONCILIATIONS_READ)
  public Page<RunDetails> list(
      @Auth Caller caller,
      @QueryParam("state") String state,
      @QueryParam("from") String from,
      @QueryParam("to") String to,
      @QueryParam("limit") String limit,
      @QueryParam("cursor") String cursor) {
    return reader.runs(
        caller.tenant(),
        ReconciliationParameters.runs(state, from, to),
        PageRequest.parse(limit, cursor, RunReader.RUNS, RunReader.RUNS_CURSOR_PARTS));
  }

  /** Asks for a run; it goes on in the background. One at a time: else 409. */
  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Requires(Permission.RECONCILIATIONS_WRITE)
  public Response start(
      @Auth Caller caller, @Context ContainerRequestContext request, NewReconciliation wanted) {
    return commands.start(caller, key(caller, request), wanted, ReconciliationResource::accepted);
  }

  @GET
  @Path("/{id}")
  @Requires(Permission.RECONCILIATIONS_READ)
  public RunDetails get(@Auth Caller caller, @PathParam("id") String id) {
    return reader.run(caller.tenant(), run(id));
  }

  /** Another run over the same window. */
  @POST
  @Path("/{id}/replay")
  @Requires(Permission.RECONCILIATIONS_WRITE)
  public Response replay(
      @Auth Caller caller, @Context ContainerRequestContext request, @PathParam("id") String id) {
    return commands.replay(caller, key(caller, request), run(id), ReconciliationResource::accepted);
  }

  @GET
  @Path("/{id}/items")
  @Produces({MediaType.APPLICATION_JSON, CsvWriter.MEDIA_TYPE})
  @Requires(Permission.RECONCILIATIONS_READ)
  public Response items(
      @Auth Caller caller,
      @Context ContainerRequestContext request,
      @PathParam("id") String id,
      @QueryParam("difference") String difference,
      @QueryParam("status") String status,
      @QueryParam("callId") String callId,
      @QueryParam("team") String team,
      @QueryParam("key") String key,
      @QueryParam("model") String model,
      @QueryParam("minCost") String minCost,
      @QueryParam("limit") String limit,
      @QueryParam("cursor") String cursor) {
    ItemQuery query =
        ReconciliationParameters.items(
            run(id),
            new ReconciliationParameters.Asked(
                difference, status, callId, team, key, model, minCost));
    return Export.answer(
        request,
        ITEMS,
        ItemCsv.HEADER,
        page -> reader.items(caller.tenant(), query, page),
        ItemCsv::write,
        limit,
        cursor);
  }

  @GET
  @Path("/{id}/items/{item}")
  @Requires(Permission.RECONCILIATIONS_READ)
  public ItemDetails item(
      @Auth Caller caller, @PathParam("id") String id, @PathParam("item") String item) {
    return reader.item(caller.tenant(), run(id), item(item));
  }

  /** Posts the adjustment that the run proposed. */
  @POST
  @Path("/{id}/items/{item}/approve")
  @Requires(Permission.RECONCILIATIONS_APPROVE)
  public Response approve(
      @Auth Caller caller,
      @Context ContainerRequestContext request,
      @PathParam("id") String id,
      @PathParam("item") String item) {
    return decide(caller, request, id, item, Verdict.APPROVE);
  }

  /** The ledger stays as it is. */
  @POST
  @Path("/{id}/items/{item}/reject")
  @Requires(Permission.RECONCILIATIONS_APPROVE)
  public Response reject(
      @Auth Caller caller,
      @Context ContainerRequestContext request,
      @PathParam("id") String id,
      @PathParam("item") String item) {
    return decide(caller, request, id, item, Verdict.REJECT);
  }

  /** Decides about several items; each for itself, so some may be refused. */
  @POST
  @Path("/{id}/decisions")
  @Consumes(MediaType.APPLICATION_JSON)
  @Requires(Permission.RECONCILIATIONS_APPROVE)
  public Response decideAll(
      @Auth Caller caller,
      @Context ContainerRequestContext request,
      @PathParam("id") String id,
      NewDecisions wanted) {
    return commands.decideAll(
        caller, key(caller, request), run(id), wanted, ReconciliationResource::ok);
  }

  private Response decide(
      Caller caller, ContainerRequestContext request, String id, String item, Verdict verdict) {
    return commands.decide(
        caller, key(caller, request), run(id), item(item), verdict, ReconciliationResource::ok);
  }

  private static Response accepted(RunDetails run) {
    return Response.accepted(run)
        .location(URI.create("/v1/reconciliations/" + run.id()))
        .type(MediaType.APPLICATION_JSON_TYPE)
        .build();
  }

  private static Response ok(Object answer) {
    return Response.ok(answer, MediaType.APPLICATION_JSON_TYPE).build();
  }

  private static Optional<IdempotentRequest> key(Caller caller, ContainerRequestContext request) {
    return IdempotentRequest.of(request, caller.tenant(), caller.actor());
  }

  private static UUID run(String id) {
    return ReconciliationParameters.id(id, "reconciliation");
  }

  private static UUID item(String id) {
    return ReconciliationParameters.id(id, "reconciliation item");
  }
}
