package io.platformapi.routes.reconciliation;

import io.platformapi.routes.port.ReconciliationBooks;
import io.platformapi.routes.port.ReconciliationRuns;
import io.platformapi.routes.support.Stopping;
import java.time.Duration;
import java.util.List;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.RoutesBuilder;

/** The reconciliation flow, put together. */
public final class Reconciliation {
  private final ReconciliationRoute route;

  /**
   * @param interval pause between two looks for runs
   * @param concurrentRuns runs of different tenants that this node works on at once
   */
  public Reconciliation(
      ReconciliationRuns runs,
      ReconciliationBooks books,
      GatewayLog log,
      Stopping stopping,
      Duration interval,
      int concurrentRuns) {
    Interruption interruption = new Interruption(stopping);
    this.route =
        new ReconciliationRoute(
            runs,
            List.of(
                new FetchStep(log, books, interruption),
                new LoadStep(books, interruption),
                new MatchStep(books, interruption),
                new ClassifyStep(books, interruption),
                new DecideStep(books, interruption),
                new PostStep(books, interruption),
                new CountersStep(books),
                new PushLimitsStep(books),
                new PublishStep(books),
                new ReportStep(books)),
            interruption,
            interval.toMillis(),
            concurrentRuns);
  }

  public RoutesBuilder route() {
    return route;
  }

  /** Hint that there is a run: look now. */
  public static void wakeUp(ProducerTemplate camel) {
    camel.sendBody(ReconciliationRoute.WAKE_UP, null);
  }
}
