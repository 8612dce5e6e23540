package io.platformapi.service.quota;

import io.dropwizard.auth.Auth;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.auth.Requires;
import io.platformapi.service.http.Page;
import io.platformapi.service.http.PageRequest;
import io.platformapi.service.problem.ValidationException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.UUID;

/** {@code /v1/quotas/ledger}: the book, posting by posting, newest first. */
@Path("/v1/quotas/ledger")
@Produces(MediaType.APPLICATION_JSON)
public final class LedgerResource {
  private static final int UUID_LENGTH = 36;

  private final LedgerService ledger;

  public LedgerResource(LedgerService ledger) {
    this.ledger = ledger;
  }

  @GET
  @Requires(Permission.QUOTAS_READ)
  public Page<LedgerEntry> entries(
      @Auth Caller caller,
      @QueryParam("account") String account,
      @QueryParam("from") String from,
      @QueryParam("to") String to,
      @QueryParam("batch") String batch,
      @QueryParam("limit") String limit,
      @QueryParam("cursor") String cursor) {
    LedgerQuery query =
        new LedgerQuery(
            UsageParameters.account(account),
            UsageParameters.time("from", from),
            UsageParameters.time("to", to),
            batch(batch));
    return ledger.entries(
        caller.tenant(),
        query,
        PageRequest.parse(limit, cursor, LedgerService.LIST, LedgerService.CURSOR_PARTS));
  }

  private static UUID batch(String text) {
    if (text == null) {
      return null;
    }
    try {
      if (text.length() == UUID_LENGTH) {
        return UUID.fromString(text);
      }
    } catch (IllegalArgumentException e) {
      // Refused below.
    }
    throw new ValidationException("batch", "must be the id of a batch");
  }
}
