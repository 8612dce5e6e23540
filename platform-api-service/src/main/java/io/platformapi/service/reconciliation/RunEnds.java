package io.platformapi.service.reconciliation;

import io.platformapi.routes.message.RunProgress;
import io.platformapi.service.persistence.InTenant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of runs that are over. */
final class RunEnds {
  private static final Logger LOG = LoggerFactory.getLogger(RunEnds.class);

  private final InTenant inTenant;
  private final RunObserver observer;

  RunEnds(InTenant inTenant, RunObserver observer) {
    this.inTenant = inTenant;
    this.observer = observer;
  }

  /** Looks whether a run is over; never throws, for what it tells changes nothing. */
  void perhaps(RunProgress progress) {
    try {
      inTenant
          .sql(progress.tenantId(), connection -> RunSql.find(connection, progress.runId()))
          .filter(run -> run.state().isOver())
          .ifPresent(run -> observer.ended(progress.tenantId(), run));
    } catch (RuntimeException e) {
      LOG.warn("the end of run {} is not in the meters: {}", progress.runId(), e.getMessage());
    }
  }
}
