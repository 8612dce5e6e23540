package io.platformapi.service.wiring;

import io.platformapi.routes.IntegrationRoutes;
import io.platformapi.routes.message.Invalidation;
import io.platformapi.service.cache.Change;
import io.platformapi.service.outbox.OutboxRelay;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Hints to the routes, which come last: they are attached when they exist. */
final class Hints {
  private final OutboxRelay relay;
  private final AtomicReference<IntegrationRoutes> routes = new AtomicReference<>();

  Hints(OutboxRelay relay) {
    this.relay = relay;
  }

  void attach(IntegrationRoutes started) {
    routes.set(started);
  }

  /** To the other nodes' caches. */
  void changed(Change change) {
    Optional.ofNullable(routes.get())
        .ifPresent(
            present -> present.invalidate(new Invalidation(change.kind().code(), change.key())));
  }

  void adminOutboxChanged() {
    relay.adminChanged();
    Optional.ofNullable(routes.get()).ifPresent(IntegrationRoutes::outboxChanged);
  }

  void reconciliationRequested() {
    Optional.ofNullable(routes.get()).ifPresent(IntegrationRoutes::reconciliationRequested);
  }

  /** Left to the next sweep: usage is posted many times a second, and one visit takes it all. */
  void tenantOutboxChanged(String tenantId) {
    relay.tenantChanged(tenantId);
  }
}
