package io.platformapi.service.quota;

import io.dropwizard.auth.Auth;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.auth.Requires;
import io.platformapi.service.http.CsvWriter;
import io.platformapi.service.http.Export;
import io.platformapi.service.http.PageRequest;
import io.platformapi.service.http.RateLimit;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;

/** {@code /v1/quotas/usage}: what was used and what is left. */
@Path("/v1/quotas/usage")
@Produces({MediaType.APPLICATION_JSON, CsvWriter.MEDIA_TYPE})
public final class UsageResource {
  private static final Export.Listing LISTING =
      new Export.Listing(UsageService.LIST, UsageService.CURSOR_PARTS);

  private final UsageService usage;
  private final Clock clock;

  public UsageResource(UsageService usage, Clock clock) {
    this.usage = usage;
    this.clock = clock;
  }

  @GET
  @Requires(Permission.QUOTAS_READ)
  public Response usage(
      @Auth Caller caller,
      @Context ContainerRequestContext request,
      @QueryParam("scope") String scope,
      @QueryParam("scopeId") String scopeId,
      @QueryParam("window") String window,
      @QueryParam("at") String at,
      @QueryParam("asOf") String asOf,
      @QueryParam("series") String series,
      @QueryParam("limit") String limit,
      @QueryParam("cursor") String cursor) {
    UsageQuery query =
        UsageParameters.query(
            caller.tenant(),
            new UsageParameters.Asked(scope, scopeId, window, at, asOf, series),
            clock.instant());
    if (Export.wanted(request)) {
      return Export.csv(
          request,
          LISTING,
          UsageCsv.HEADER,
          page -> usage.usage(caller.tenant(), query, page).page(),
          UsageCsv::write);
    }
    PageRequest page =
        PageRequest.parse(limit, cursor, UsageService.LIST, UsageService.CURSOR_PARTS);
    UsageAnswer answer = usage.usage(caller.tenant(), query, page);
    return RateLimit.put(
            Response.ok(answer.page(), MediaType.APPLICATION_JSON_TYPE), answer.limits())
        .build();
  }
}
