package io.platformapi.routes.reconciliation;

import io.platformapi.routes.port.ReconciliationRuns;
import io.platformapi.routes.support.RouteIds;
import java.util.List;
import java.util.Locale;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.RouteDefinition;

/**
 * A reconciliation from its claim to its report. The body is the tenant's id, then where the run
 * stands; whatever is worked on stays in the tenant's database.
 */
final class ReconciliationRoute extends RouteBuilder {
  static final String WAKE_UP = "seda:reconciliation-wake-up?size=1&discardWhenFull=true";
  static final String RUN = "seda:reconciliation?size=1000&discardWhenFull=true";
  private static final String CONSUMER = "&pollTimeout=200&purgeWhenStopping=true";

  private final ReconciliationRuns runs;
  private final List<RunStep> steps;
  private final Interruption interruption;
  private final long intervalMillis;
  private final int concurrentRuns;

  ReconciliationRoute(
      ReconciliationRuns runs,
      List<RunStep> steps,
      Interruption interruption,
      long intervalMillis,
      int concurrentRuns) {
    this.runs = runs;
    this.steps = steps;
    this.interruption = interruption;
    this.intervalMillis = intervalMillis;
    this.concurrentRuns = concurrentRuns;
  }

  @Override
  public void configure() {
    from("timer:reconciliation?fixedRate=false&delay=%1$d&period=%1$d".formatted(intervalMillis))
        .routeId(RouteIds.RECONCILIATION_SWEEP)
        .to(WAKE_UP);
    from(WAKE_UP + CONSUMER)
        .routeId(RouteIds.RECONCILIATION_DUE)
        .process(new DueStep(runs))
        .split(body())
        .to(RUN);
    RouteDefinition route =
        from(RUN + CONSUMER + "&concurrentConsumers=" + concurrentRuns)
            .routeId(RouteIds.RECONCILIATION);
    route.onException(Exception.class).handled(true).process(new FailedStep(runs));
    route.process(new ClaimStep(runs)).id("claim");
    for (RunStep step : steps) {
      Processor processor = new StepProcessor(step, runs, interruption);
      route.process(processor).id(nameOf(step));
    }
  }

  /** {@code MatchStep} is {@code match}, {@code PushLimitsStep} is {@code push-limits}. */
  private static String nameOf(RunStep step) {
    String name = step.getClass().getSimpleName();
    return name.substring(0, name.length() - "Step".length())
        .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
        .toLowerCase(Locale.ROOT);
  }
}
