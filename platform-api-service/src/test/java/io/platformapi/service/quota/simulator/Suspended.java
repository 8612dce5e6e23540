package io.platformapi.service.quota.simulator;

/** Unwinds a task that waits or is held up: see {@link Task}. No code under test catches it. */
final class Suspended extends Error {
  static final Suspended NOW = new Suspended();
  private static final long serialVersionUID = 1;

  private Suspended() {
    super("suspended", null, false, false);
  }
}
