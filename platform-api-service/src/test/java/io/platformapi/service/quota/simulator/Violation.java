package io.platformapi.service.quota.simulator;

/** Something that must always hold does not. */
final class Violation extends Error {
  private static final long serialVersionUID = 1;
  private final String invariant;

  Violation(Invariant invariant, String message) {
    super(invariant + ": " + message);
    this.invariant = invariant.name();
  }

  String invariant() {
    return invariant;
  }

  static void unless(boolean holds, Invariant invariant, Object... what) {
    if (!holds) {
      StringBuilder message = new StringBuilder();
      for (Object part : what) {
        message.append(part).append(' ');
      }
      throw new Violation(invariant, message.toString());
    }
  }
}
