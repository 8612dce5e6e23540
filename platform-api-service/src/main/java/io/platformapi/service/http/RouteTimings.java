package io.platformapi.service.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.glassfish.jersey.server.ContainerResponse;
import org.glassfish.jersey.server.monitoring.ApplicationEvent;
import org.glassfish.jersey.server.monitoring.ApplicationEventListener;
import org.glassfish.jersey.server.monitoring.RequestEvent;
import org.glassfish.jersey.server.monitoring.RequestEventListener;
import org.glassfish.jersey.uri.UriTemplate;

/** Times requests by method, route template and status: never by the path as written. */
final class RouteTimings implements ApplicationEventListener {
  private static final String UNMATCHED = "unmatched";
  private static final int NO_STATUS = 0;

  private final MeterRegistry meters;
  private final Map<Key, Timer> timers = new ConcurrentHashMap<>();

  RouteTimings(MeterRegistry meters) {
    this.meters = meters;
  }

  @Override
  public void onEvent(ApplicationEvent event) {
    // Only requests are timed.
  }

  @Override
  public RequestEventListener onRequest(RequestEvent start) {
    long from = System.nanoTime();
    return event -> {
      if (event.getType() == RequestEvent.Type.FINISHED) {
        timers
            .computeIfAbsent(key(event), this::timer)
            .record(System.nanoTime() - from, TimeUnit.NANOSECONDS);
      }
    };
  }

  private static Key key(RequestEvent event) {
    List<UriTemplate> matched = event.getUriInfo().getMatchedTemplates();
    ContainerResponse answer = event.getContainerResponse();
    if (matched.isEmpty()) {
      // The method is the caller's word as well: unmatched ones share one timer per status.
      return new Key(UNMATCHED, UNMATCHED, answer == null ? NO_STATUS : answer.getStatus());
    }
    StringBuilder route = new StringBuilder();
    for (int i = matched.size() - 1; i >= 0; i--) {
      route.append(matched.get(i).getTemplate());
    }
    boolean known = event.getUriInfo().getMatchedResourceMethod() != null;
    return new Key(
        known ? event.getContainerRequest().getMethod() : UNMATCHED,
        route.toString(),
        answer == null ? NO_STATUS : answer.getStatus());
  }

  private Timer timer(Key key) {
    return Timer.builder("http.server.requests")
        .description("Time to answer a request")
        .tag("method", key.method())
        .tag("route", key.route())
        .tag("status", Integer.toString(key.status()))
        .register(meters);
  }

  private record Key(String method, String route, int status) {}
}
