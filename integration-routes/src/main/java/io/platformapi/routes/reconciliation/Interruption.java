package io.platformapi.routes.reconciliation;

import io.platformapi.routes.support.Stopping;

/** Lets a run end between two pieces of work when the node stops. */
final class Interruption {
  private final Stopping stopping;

  Interruption(Stopping stopping) {
    this.stopping = stopping;
  }

  boolean stopping() {
    return stopping.stopped();
  }

  /**
   * @throws StoppedException when the node stops
   */
  void check() {
    if (stopping.stopped()) {
      throw new StoppedException();
    }
  }

  /** The node stops; nothing is wrong with the run. */
  static final class StoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StoppedException() {
      super("the node stops", null, false, false);
    }
  }
}
