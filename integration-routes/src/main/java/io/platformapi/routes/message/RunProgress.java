package io.platformapi.routes.message;

import java.time.Instant;
import java.util.UUID;

/**
 * A reconciliation under way, as it goes from step to step: who it is and how far it has come. What
 * it works on stays in the tenant's database.
 *
 * @param claim proves that this node works on the run; what comes with another one changes nothing
 * @param from earliest start of a call that it covers
 * @param to latest start, exclusive
 * @param state last step done
 */
public record RunProgress(
    String tenantId, UUID runId, UUID claim, Instant from, Instant to, RunState state) {

  public RunProgress reached(RunState next) {
    return new RunProgress(tenantId, runId, claim, from, to, next);
  }
}
