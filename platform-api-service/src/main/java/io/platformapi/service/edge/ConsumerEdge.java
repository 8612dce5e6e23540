package io.platformapi.service.edge;

import io.platformapi.routes.gateway.kong.KongAdmin;
import io.platformapi.routes.gateway.kong.KongRateLimiting;
import java.util.Optional;

/** The rate-limiting plugin of Kong's consumers, whose names begin with their tenant's. */
final class ConsumerEdge implements Edge {
  private final KongAdmin admin;

  ConsumerEdge(KongAdmin admin) {
    this.admin = admin;
  }

  @Override
  public Edge onBehalfOf(String requestId) {
    return new ConsumerEdge(admin.onBehalfOf(requestId));
  }

  @Override
  public Optional<EdgeLimit> present(String tenantId, String id) {
    return Optional.of(
        admin
            .rateLimiting(id)
            .filter(KongRateLimiting::enabled)
            .map(plugin -> new RateLimit(plugin.limits(), plugin.countsRight()))
            .orElse(RateLimit.NONE));
  }

  @Override
  public void set(String id, EdgeLimit wanted, EdgeLimit present) {
    admin.ensure(id, ((RateLimit) wanted).rates());
  }
}
