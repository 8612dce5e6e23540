package io.platformapi.service.usage;

import io.platformapi.routes.IntegrationRoutes;
import io.platformapi.routes.alert.AlertIngest;
import io.platformapi.routes.alert.AlertOutcome;
import io.platformapi.routes.alert.InvalidAlertException;
import io.platformapi.routes.port.StoreUnavailableException;
import io.platformapi.routes.support.PublishUnavailableException;
import io.platformapi.service.auth.IngestAuthenticated;
import io.platformapi.service.auth.Open;
import io.platformapi.service.http.RequestContext;
import io.platformapi.service.http.StreamedBody;
import io.platformapi.service.problem.MalformedRequestException;
import io.platformapi.service.problem.UnavailableException;
import io.platformapi.service.problem.ValidationException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Locale;

/** Takes what LiteLLM's webhook tells of budgets. */
@Path("/v1/ingest/litellm/alerts")
@Produces(MediaType.APPLICATION_JSON)
public final class AlertResource {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final IntegrationRoutes routes;

  public AlertResource(IntegrationRoutes routes) {
    this.routes = routes;
  }

  /**
   * What became of an alert.
   *
   * @param outcome accepted, unresolved or ignored
   */
  public record Receipt(String outcome) {
    static Receipt of(AlertOutcome outcome) {
      return new Receipt(outcome.name().toLowerCase(Locale.ROOT));
    }
  }

  /** Answers 200, which is all that LiteLLM takes for success, when Kafka has acknowledged. */
  @POST
  @Open
  @IngestAuthenticated
  @StreamedBody(maximumBytes = AlertIngest.MAX_BODY_BYTES)
  @Consumes(MediaType.APPLICATION_JSON)
  public Receipt receive(InputStream body, @Context ContainerRequestContext request)
      throws IOException {
    RequestContext context = (RequestContext) request.getProperty(RequestContext.ATTRIBUTE);
    try {
      return Receipt.of(routes.alert(body.readAllBytes(), context.requestId()));
    } catch (InvalidAlertException e) {
      if (e.field() == null) {
        throw new MalformedRequestException("the body is " + e.getMessage());
      }
      throw new ValidationException(e.field(), e.getMessage());
    } catch (PublishUnavailableException e) {
      throw new UnavailableException("the event log does not acknowledge", RETRY_AFTER);
    } catch (StoreUnavailableException e) {
      throw new UnavailableException("tenants cannot be looked up", RETRY_AFTER);
    }
  }
}
