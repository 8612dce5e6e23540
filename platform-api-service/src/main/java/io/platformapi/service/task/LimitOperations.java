package io.platformapi.service.task;

import io.platformapi.service.edge.EdgeChange;
import io.platformapi.service.edge.LimitPusher;
import io.platformapi.service.http.RequestContext;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.MDC;

/** Limits at the edge for operators: compared and pushed now, without a run. */
public final class LimitOperations {
  private final LimitPusher pusher;
  private final Predicate<String> tenants;

  /**
   * @param tenants whether there is a tenant
   */
  public LimitOperations(LimitPusher pusher, Predicate<String> tenants) {
    this.pusher = pusher;
    this.tenants = tenants;
  }

  public void addTo(OperatorTasks tasks) {
    tasks.add("limits-push", this::push);
  }

  /** What became of the limits of a tenant. */
  public record Pushed(List<EdgeChange> items) {}

  private Pushed push(TaskParameters parameters) {
    parameters.only("tenant", "by");
    String by = parameters.required("by");
    return new Pushed(
        pusher.push(
            parameters.tenant(tenants),
            "operator:" + by,
            MDC.get(RequestContext.REQUEST_ID_IN_LOGS)));
  }
}
