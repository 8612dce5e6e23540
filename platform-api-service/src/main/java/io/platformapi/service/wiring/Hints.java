package io.platformapi.service.wiring;

import io.platformapi.routes.IntegrationRoutes;
import io.platformapi.routes.message.Invalidation;
import io.platformapi.service.outbox.OutboxRelay;
import io.platformapi.service.persistence.TenantDatabases;
import io.platformapi.service.signin.TokenRevocations;
import io.platformapi.service.tenant.TenantDirectoryService;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Passes on what has changed: from the features to this node's caches and outbox relay, and through
 * the routes to the other nodes. The routes come last, so they are attached when they exist.
 */
final class Hints {
  private final TenantDatabases locations;
  private final TenantDirectoryService directory;
  private final OutboxRelay relay;
  private final Runnable revoked;
  private final AtomicReference<IntegrationRoutes> routes = new AtomicReference<>();

  /**
   * @param revoked told when another node has revoked something
   */
  Hints(
      TenantDatabases locations,
      TenantDirectoryService directory,
      OutboxRelay relay,
      Runnable revoked) {
    this.revoked = revoked;
    this.locations = locations;
    this.directory = directory;
    this.relay = relay;
  }

  void attach(IntegrationRoutes started) {
    routes.set(started);
  }

  /** A tenant has changed on this node: the routes tell this node too. */
  void tenantChanged(String tenantId) {
    Invalidation change = new Invalidation(TenantDirectoryService.KIND, tenantId);
    Optional.ofNullable(routes.get())
        .ifPresentOrElse(present -> present.invalidate(change), () -> invalidated(change));
  }

  /** A token or a subject was revoked on this node. */
  void revoked(String key) {
    Optional.ofNullable(routes.get())
        .ifPresent(present -> present.invalidate(new Invalidation(TokenRevocations.KIND, key)));
  }

  /** Something has changed on this or another node. */
  void invalidated(Invalidation change) {
    if (change.kind().equals(TokenRevocations.KIND)) {
      revoked.run();
      return;
    }
    locations.forget(change.key());
    directory.invalidated(change);
  }

  void adminOutboxChanged() {
    relay.adminChanged();
    Optional.ofNullable(routes.get()).ifPresent(IntegrationRoutes::outboxChanged);
  }

  /** Left to the next sweep: usage is posted many times a second, and one visit takes it all. */
  void tenantOutboxChanged(String tenantId) {
    relay.tenantChanged(tenantId);
  }
}
