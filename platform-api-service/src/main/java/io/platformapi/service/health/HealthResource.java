package io.platformapi.service.health;

import io.platformapi.service.auth.Open;
import io.platformapi.service.http.ErrorCode;
import io.platformapi.service.http.ErrorResponses;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.CacheControl;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** Tells load balancers and people whether this process lives and can serve. */
@Path("/health")
@Produces(MediaType.APPLICATION_JSON)
public final class HealthResource {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
  private static final String UP = "up";
  private static final String DOWN = "down";

  private final HealthMonitor monitor;
  private final ErrorResponses errors = new ErrorResponses();

  public HealthResource(HealthMonitor monitor) {
    this.monitor = monitor;
  }

  /**
   * @param status {@code up}, or {@code degraded} when a part is down that can be done without
   * @param parts each server we depend on: {@code up} or {@code down}
   */
  public record Health(String status, Map<String, String> parts) {}

  @GET
  @Open
  public Response health() {
    return ready();
  }

  /** 200 when requests can be served, else 503. */
  @GET
  @Path("ready")
  @Open
  public Response ready() {
    Map<String, String> parts = new TreeMap<>();
    monitor.parts().forEach((name, up) -> parts.put(name, up ? UP : DOWN));
    if (!monitor.ready()) {
      return errors.retryLater(
          ErrorCode.UNAVAILABLE,
          "a part that every request needs does not answer",
          Map.of("parts", parts),
          RETRY_AFTER);
    }
    return fresh(new Health(parts.containsValue(DOWN) ? "degraded" : UP, parts));
  }

  /** 200 while the process runs. */
  @GET
  @Path("live")
  @Open
  public Response live() {
    return fresh(new Health(UP, Map.of()));
  }

  private static Response fresh(Health health) {
    CacheControl cache = new CacheControl();
    cache.setNoStore(true);
    return Response.ok(health).header(HttpHeaders.CACHE_CONTROL, cache).build();
  }
}
