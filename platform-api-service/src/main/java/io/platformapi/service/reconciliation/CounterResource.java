package io.platformapi.service.reconciliation;

import io.dropwizard.auth.Auth;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.auth.Requires;
import io.platformapi.service.http.CsvWriter;
import io.platformapi.service.http.Export;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.UUID;

/** {@code /v1/reconciliations/{id}/counters}: the gateway's counters beside both books. */
@Path("/v1/reconciliations/{id}/counters")
public final class CounterResource {
  private static final Export.Listing COUNTERS = new Export.Listing(RunReader.COUNTERS, 1);

  private final RunReader reader;

  CounterResource(RunReader reader) {
    this.reader = reader;
  }

  @GET
  @Produces({MediaType.APPLICATION_JSON, CsvWriter.MEDIA_TYPE})
  @Requires(Permission.RECONCILIATIONS_READ)
  public Response list(
      @Auth Caller caller,
      @Context ContainerRequestContext request,
      @PathParam("id") String id,
      @QueryParam("verdict") String verdict,
      @QueryParam("limit") String limit,
      @QueryParam("cursor") String cursor) {
    UUID run = ReconciliationParameters.id(id, "reconciliation");
    CounterVerdict wanted = ReconciliationParameters.verdict(verdict);
    return Export.answer(
        request,
        COUNTERS,
        CounterCsv.HEADER,
        page -> reader.counters(caller.tenant(), run, wanted, page),
        CounterCsv::write,
        limit,
        cursor);
  }
}
