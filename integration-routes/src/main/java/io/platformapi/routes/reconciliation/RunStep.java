package io.platformapi.routes.reconciliation;

import io.platformapi.routes.message.RunProgress;
import io.platformapi.routes.message.RunState;

/** One step of a reconciliation. */
interface RunStep {

  /** The state that it leads to. */
  RunState reaches();

  /** Does it, or what is left of it. */
  void perform(RunProgress run);
}
