package io.platformapi.service.usage;

import io.platformapi.routes.IntegrationRoutes;
import io.platformapi.routes.ingestion.BodyIngest;
import io.platformapi.routes.ingestion.BodyTooLargeException;
import io.platformapi.routes.ingestion.IngestResult;
import io.platformapi.routes.ingestion.MalformedBodyException;
import io.platformapi.routes.port.StoreUnavailableException;
import io.platformapi.routes.support.PublishUnavailableException;
import io.platformapi.service.auth.IngestAuthenticated;
import io.platformapi.service.auth.Open;
import io.platformapi.service.http.RequestContext;
import io.platformapi.service.http.StreamedBody;
import io.platformapi.service.problem.MalformedRequestException;
import io.platformapi.service.problem.PayloadTooLargeException;
import io.platformapi.service.problem.UnavailableException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;

/** Takes what LiteLLM's generic_api logger posts. */
@Path("/v1/ingest/litellm")
@Produces(MediaType.APPLICATION_JSON)
public final class IngestResource {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  // Half of server.maxThreads: a Kafka that hangs holds each post for 10 s.
  private static final int AT_ONCE = 128;

  private final IntegrationRoutes routes;
  private final Semaphore places = new Semaphore(AT_ONCE);

  public IngestResource(IntegrationRoutes routes) {
    this.routes = routes;
  }

  /**
   * Answers 202 with counts when Kafka has acknowledged every event: a JSON array, NDJSON or one
   * object, up to 16 MiB. What is not JSON answers 400, with everything readable on the topic; the
   * counts tell. Posts beyond the 128 that are being taken answer 503.
   */
  @POST
  @Open
  @IngestAuthenticated
  @StreamedBody(maximumBytes = BodyIngest.MAX_BODY_BYTES)
  @Consumes({MediaType.APPLICATION_JSON, "application/x-ndjson"})
  public Response ingest(InputStream body, @Context ContainerRequestContext request)
      throws IOException {
    RequestContext context = (RequestContext) request.getProperty(RequestContext.ATTRIBUTE);
    if (!places.tryAcquire()) {
      throw new UnavailableException("too many posts wait for the event log", RETRY_AFTER);
    }
    try {
      return Response.accepted(routes.ingest(body, context.requestId())).build();
    } catch (MalformedBodyException e) {
      throw new MalformedRequestException(
          "the body is neither a JSON array, NDJSON nor one JSON object; what could be read of it"
              + " was accepted",
          counts(e.result()));
    } catch (BodyTooLargeException e) {
      throw new PayloadTooLargeException(BodyIngest.MAX_BODY_BYTES);
    } catch (PublishUnavailableException e) {
      throw new UnavailableException("the event log does not acknowledge", RETRY_AFTER);
    } catch (StoreUnavailableException e) {
      throw new UnavailableException("tenants cannot be looked up", RETRY_AFTER);
    } finally {
      places.release();
    }
  }

  private static Map<String, Object> counts(IngestResult result) {
    return Map.of(
        "received", result.received(),
        "accepted", result.accepted(),
        "unresolved", result.unresolved(),
        "malformed", result.malformed());
  }
}
