package io.platformapi.routes;

import io.platformapi.routes.port.InvalidationListener;
import io.platformapi.routes.port.Outbox;
import io.platformapi.routes.port.TenantDirectory;
import io.platformapi.routes.port.UpstreamCredentials;
import io.platformapi.routes.port.UsageStore;

/** What the routes need from the service. */
public record Ports(
    TenantDirectory tenants,
    UsageStore usage,
    Outbox outbox,
    InvalidationListener invalidations,
    UpstreamCredentials credentials) {

  /** With no credential for what lies behind Kong. */
  public Ports(
      TenantDirectory tenants,
      UsageStore usage,
      Outbox outbox,
      InvalidationListener invalidations) {
    this(tenants, usage, outbox, invalidations, UpstreamCredentials.NONE);
  }
}
