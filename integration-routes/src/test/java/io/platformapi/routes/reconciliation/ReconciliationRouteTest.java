package io.platformapi.routes.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.platformapi.routes.message.RunState;
import io.platformapi.routes.port.LostClaimException;
import io.platformapi.routes.support.RouteIds;
import io.platformapi.routes.support.SharedErrorHandling;
import io.platformapi.routes.support.Stopping;
import java.time.Duration;
import java.util.List;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.ProcessorDefinition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The steps as one route. */
@Timeout(60)
class ReconciliationRouteTest {
  private final MemoryRuns runs = new MemoryRuns();
  private final Stopping stopping = new Stopping();
  private final DefaultCamelContext camel = new DefaultCamelContext();

  @BeforeEach
  void build() throws Exception {
    runs.teams = List.of("team-a");
    camel.addRoutesConfigurations(new SharedErrorHandling());
    camel.addRoutes(
        new Reconciliation(runs, runs, runs::read, stopping, Duration.ofMillis(20), 2).route());
  }

  @AfterEach
  void stop() {
    camel.stop();
  }

  @Test
  void theStepsAreNamedAndInOrder() {
    assertThat(
            camel.getRouteDefinition(RouteIds.RECONCILIATION).getOutputs().stream()
                .map(ProcessorDefinition::getId)
                .filter(id -> id != null && !id.startsWith("onException")))
        .containsExactly(
            "claim",
            "fetch",
            "load",
            "match",
            "classify",
            "decide",
            "post",
            "counters",
            "push-limits",
            "publish",
            "report");
  }

  @Test
  void aRunThatIsDueGoesThroughAllSteps() {
    camel.start();
    await().until(() -> runs.state == RunState.COMPLETED);
    assertThat(runs.done.stream().filter(what -> !what.startsWith("read")))
        .containsExactly(
            "fetched",
            "load",
            "loaded",
            "match",
            "matched",
            "classify",
            "classified",
            "decide",
            "decided",
            "post",
            "posted",
            "counters",
            "counted",
            "push",
            "limits_pushed",
            "publish",
            "published",
            "report",
            "completed");
    assertThat(runs.failed).isNull();
  }

  @Test
  void aRunThatWasLeftGoesOnAfterItsLastStep() {
    runs.state = RunState.DECIDED;
    camel.start();
    await().until(() -> runs.state == RunState.COMPLETED);
    assertThat(runs.done).startsWith("post", "posted", "counters", "counted", "push");
  }

  @Test
  void aStepThatFailsLeavesTheRunForLater() {
    runs.troubleAt = "match";
    runs.trouble = new IllegalStateException("trouble");
    camel.start();
    await().until(() -> runs.failed != null);
    assertThat(runs.failed).isSameAs(runs.trouble);
    assertThat(runs.state).isEqualTo(RunState.LOADED);
    runs.troubleAt = "";
    runs.open = true;
    await().until(() -> runs.state == RunState.COMPLETED);
  }

  @Test
  void aRunThatAnotherNodeHasIsLeftAlone() {
    runs.troubleAt = "match";
    runs.trouble = new LostClaimException();
    camel.start();
    await().until(() -> runs.state == RunState.LOADED);
    // The next one shows that the route goes on.
    runs.troubleAt = "";
    runs.open = true;
    await().until(() -> runs.state == RunState.COMPLETED);
    assertThat(runs.failed).isNull();
    assertThat(runs.released).isZero();
  }

  @Test
  void aNodeThatStopsGivesTheRunBack() {
    stopping.stop();
    camel.start();
    await().until(() -> runs.released == 1);
    assertThat(runs.done).isEmpty();
    assertThat(runs.failed).isNull();
  }
}
