package io.platformapi.routes;

import io.platformapi.routes.port.InvalidationListener;
import io.platformapi.routes.port.Outbox;
import io.platformapi.routes.port.TenantDirectory;
import io.platformapi.routes.port.UsageStore;

/** What the routes need from the service. */
public record Ports(
    TenantDirectory tenants, UsageStore usage, Outbox outbox, InvalidationListener invalidations) {}
