package io.platformapi.service.task;

import io.platformapi.service.http.RequestContext;
import io.platformapi.service.reconciliation.ReconciliationDesk;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.MDC;

/** The reconciliation for operators: run now, pause, resume, state. */
public final class ReconciliationOperations {
  private static final int MAX_TENANTS = 100;

  private final ReconciliationDesk desk;
  private final Predicate<String> tenants;

  /**
   * @param tenants whether there is a tenant
   */
  public ReconciliationOperations(ReconciliationDesk desk, Predicate<String> tenants) {
    this.desk = desk;
    this.tenants = tenants;
  }

  public void addTo(OperatorTasks tasks) {
    tasks
        .add("reconcile", this::run)
        .add("reconcile-pause", parameters -> schedule(parameters, false))
        .add("reconcile-resume", parameters -> schedule(parameters, true))
        .add("reconcile-state", this::state);
  }

  /** One answer for each tenant that was named, in their order. */
  public record Each(List<ReconciliationDesk.State> items) {}

  private Object run(TaskParameters parameters) {
    parameters.only("tenant", "from", "to", "by");
    return desk.run(
        parameters.tenant(tenants),
        parameters.time("from"),
        parameters.time("to"),
        actor(parameters),
        requestId());
  }

  /** Each tenant by itself: one that fails leaves those before it as they were made. */
  private Object schedule(TaskParameters parameters, boolean on) {
    parameters.only("tenant", "by");
    String actor = actor(parameters);
    return each(parameters, tenant -> desk.schedule(tenant, on, actor, requestId()));
  }

  private Object state(TaskParameters parameters) {
    return each(parameters.only("tenant"), desk::state);
  }

  private Each each(TaskParameters parameters, Function<String, ReconciliationDesk.State> work) {
    return new Each(parameters.tenants(MAX_TENANTS, tenants).stream().map(work).toList());
  }

  private static String actor(TaskParameters parameters) {
    return "operator:" + parameters.required("by");
  }

  private static String requestId() {
    return MDC.get(RequestContext.REQUEST_ID_IN_LOGS);
  }
}
