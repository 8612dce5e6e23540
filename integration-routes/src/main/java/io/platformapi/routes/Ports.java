package io.platformapi.routes;

import io.platformapi.routes.port.InvalidationListener;
import io.platformapi.routes.port.Outbox;
import io.platformapi.routes.port.TenantDirectory;
import io.platformapi.routes.port.UpstreamCredentials;
import io.platformapi.routes.port.UsageStore;

/**
 * What the routes need from the service.
 *
 * @param reconciliation null where there is none
 */
public record Ports(
    TenantDirectory tenants,
    UsageStore usage,
    Outbox outbox,
    InvalidationListener invalidations,
    UpstreamCredentials credentials,
    ReconciliationPorts reconciliation) {

  /** With no credential for what lies behind Kong, and no reconciliation. */
  public Ports(
      TenantDirectory tenants,
      UsageStore usage,
      Outbox outbox,
      InvalidationListener invalidations) {
    this(tenants, usage, outbox, invalidations, UpstreamCredentials.NONE, null);
  }
}
