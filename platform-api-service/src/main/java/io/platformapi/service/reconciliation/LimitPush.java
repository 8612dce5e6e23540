package io.platformapi.service.reconciliation;

import java.util.UUID;

/** Sees to it that the gateway holds the limits that the tenant's quotas say. */
@FunctionalInterface
public interface LimitPush {
  /** Changes nothing. */
  LimitPush NONE = (tenantId, runId, requestId) -> 0;

  /**
   * Changes limits that differ; those that do not stay untouched, so it may be called again.
   *
   * @param requestId goes along as X-Request-Id, or null to make one
   * @return how many were changed
   * @throws io.platformapi.routes.gateway.UpstreamException to be asked again later
   */
  int push(String tenantId, UUID runId, String requestId);
}
