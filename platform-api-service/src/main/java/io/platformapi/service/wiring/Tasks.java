package io.platformapi.service.wiring;

import io.dropwizard.core.setup.Environment;
import io.platformapi.routes.IntegrationRoutes;
import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.edge.EdgeFeature;
import io.platformapi.service.persistence.InAdmin;
import io.platformapi.service.task.DeadLetterOperations;
import io.platformapi.service.task.LimitOperations;
import io.platformapi.service.task.OperatorTasks;
import java.time.Clock;
import java.util.function.Predicate;

/** What operators can have done, on the admin port. */
final class Tasks {
  private Tasks() {}

  static void register(
      Environment environment,
      IntegrationRoutes routes,
      InAdmin admin,
      AuditLog audit,
      EdgeFeature edge,
      Predicate<String> tenants,
      Clock clock) {
    OperatorTasks tasks = new OperatorTasks(environment);
    new DeadLetterOperations(routes.deadLetters(), admin, audit, clock).addTo(tasks);
    new LimitOperations(edge.pusher(), tenants).addTo(tasks);
  }
}
