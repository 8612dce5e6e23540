package io.platformapi.service.quota;

import io.dropwizard.auth.Auth;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.auth.Requires;
import io.platformapi.service.http.CsvWriter;
import io.platformapi.service.http.Export;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** {@code /v1/quotas/ledger}: the book, posting by posting, newest first. */
@Path("/v1/quotas/ledger")
@Produces({MediaType.APPLICATION_JSON, CsvWriter.MEDIA_TYPE})
public final class LedgerResource {
  private static final Export.Listing LISTING =
      new Export.Listing(LedgerService.LIST, LedgerService.CURSOR_PARTS);

  private final LedgerService ledger;

  public LedgerResource(LedgerService ledger) {
    this.ledger = ledger;
  }

  @GET
  @Requires(Permission.QUOTAS_READ)
  public Response entries(
      @Auth Caller caller,
      @Context ContainerRequestContext request,
      @QueryParam("account") String account,
      @QueryParam("event") String event,
      @QueryParam("source") String source,
      @QueryParam("from") String from,
      @QueryParam("to") String to,
      @QueryParam("batch") String batch,
      @QueryParam("limit") String limit,
      @QueryParam("cursor") String cursor) {
    LedgerQuery query =
        new LedgerQuery(
            UsageParameters.account(account),
            LedgerParameters.event(event),
            LedgerParameters.source(source),
            UsageParameters.time("from", from),
            UsageParameters.time("to", to),
            LedgerParameters.batch(batch));
    return Export.answer(
        request,
        LISTING,
        LedgerCsv.HEADER,
        page -> ledger.entries(caller.tenant(), query, page),
        LedgerCsv::write,
        limit,
        cursor);
  }
}
