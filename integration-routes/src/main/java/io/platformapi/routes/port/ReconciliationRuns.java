package io.platformapi.routes.port;

import io.platformapi.routes.message.RunProgress;
import io.platformapi.routes.message.RunState;
import java.util.List;
import java.util.Optional;

/** Knows the runs of the tenants' reconciliation and who works on them. */
public interface ReconciliationRuns {

  /**
   * Tenants that may have a run to work on: those that this node knows of, and now and then all. A
   * tenant whose time has come gets its run here.
   */
  List<String> due();

  /**
   * Takes up the tenant's run, unless there is none to be taken up now. Until its lease is over no
   * other node gets it; each piece of work renews that.
   */
  Optional<RunProgress> claim(String tenantId);

  /**
   * Notes that a step is done.
   *
   * @throws LostClaimException when the run is another node's now
   */
  RunProgress reached(RunProgress run, RunState state);

  /** Notes that a step has failed, and lets the run be taken up again later, or gives it up. */
  void failed(RunProgress run, Exception cause);

  /** Lets the run be taken up again at once. */
  void release(RunProgress run);
}
