package io.platformapi.service.quota;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.auth.Auth;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.auth.Requires;
import io.platformapi.service.http.ErrorCode;
import io.platformapi.service.http.PageRequest;
import io.platformapi.service.http.StreamedAnswer;
import io.platformapi.service.problem.ValidationException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Variant;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** {@code /v1/quotas/simulate}: what other limits would have refused. */
@Path("/v1/quotas/simulate")
@Produces({MediaType.APPLICATION_JSON, QuotaSimulationResource.NDJSON})
public final class QuotaSimulationResource {
  static final String NDJSON = "application/x-ndjson";

  private static final List<Variant> FORMS =
      Variant.mediaTypes(MediaType.APPLICATION_JSON_TYPE, MediaType.valueOf(NDJSON)).build();

  private final QuotaSimulationService simulations;
  private final ObjectMapper mapper;

  public QuotaSimulationResource(QuotaSimulationService simulations, ObjectMapper mapper) {
    this.simulations = simulations;
    this.mapper = mapper;
  }

  /**
   * Changes nothing. As JSON one answer; as NDJSON lines {@code {"progress": …}} while it runs, and
   * {@code {"result": …}} as the last one, or {@code {"error": …}} when it would take too much.
   */
  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Requires(Permission.QUOTAS_READ)
  public Response simulate(
      @Auth Caller caller,
      @Context ContainerRequestContext request,
      @QueryParam("limit") String limit,
      NewQuotaSimulation asked)
      throws IOException {
    int calls = PageRequest.parse(limit, null, "", 0).limit();
    if (!streamed(request)) {
      QuotaSimulationService.Prepared prepared =
          simulations.prepare(caller.tenant(), asked, QuotaSimulationService.MAX_CALLS);
      return Response.ok(
              simulations.run(prepared, calls, progress -> {}), MediaType.APPLICATION_JSON_TYPE)
          .build();
    }
    QuotaSimulationService.Prepared prepared =
        simulations.prepare(caller.tenant(), asked, QuotaSimulationService.MAX_CALLS_STREAMED);
    return Response.ok(StreamedAnswer.of(request, out -> stream(prepared, calls, out)), NDJSON)
        .build();
  }

  private void stream(QuotaSimulationService.Prepared prepared, int calls, OutputStream out)
      throws IOException {
    AtomicBoolean begun = new AtomicBoolean();
    try {
      QuotaSimulationReport report =
          simulations.run(
              prepared,
              calls,
              progress -> {
                begun.set(true);
                line(out, "progress", progress);
              });
      line(out, "result", report);
    } catch (ValidationException e) {
      if (!begun.get()) {
        throw e;
      }
      // The status is told already.
      line(
          out,
          "error",
          Map.of(
              "code",
              ErrorCode.VALIDATION_FAILED.code(),
              "message",
              e.getMessage(),
              "details",
              Map.of("fields", e.fields())));
    }
  }

  private void line(OutputStream out, String name, Object value) throws IOException {
    out.write(mapper.writeValueAsBytes(Map.of(name, value)));
    out.write('\n');
    out.flush();
  }

  private static boolean streamed(ContainerRequestContext request) {
    Variant best = request.getRequest().selectVariant(FORMS);
    return best != null && NDJSON.equals(best.getMediaType().toString());
  }
}
