package io.platformapi.service.tenant;

/** The points between which a creation may be cut off. */
public enum ProvisioningStep {
  REGISTERED,
  CLAIMED,
  DATABASE_CREATED,
  ACTIVATING,
  ACTIVATED;

  /** Hears of each point as it is passed. */
  @FunctionalInterface
  public interface Listener {
    void passed(ProvisioningStep step, String tenantId);
  }
}
