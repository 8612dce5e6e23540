package io.platformapi.service.reconciliation;

/** Told what has become of runs and of what they proposed, after it is so. */
public interface RunObserver {
  /** Notes nothing. */
  RunObserver NONE =
      new RunObserver() {
        @Override
        public void ended(String tenantId, ReconciliationRun run) {}

        @Override
        public void decided(String tenantId) {}
      };

  /** A run is completed, or given up. */
  void ended(String tenantId, ReconciliationRun run);

  /** Somebody has approved or rejected an adjustment. */
  void decided(String tenantId);
}
