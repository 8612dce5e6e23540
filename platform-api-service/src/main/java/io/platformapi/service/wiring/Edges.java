package io.platformapi.service.wiring;

import io.platformapi.routes.gateway.Gateway;
import io.platformapi.routes.gateway.kong.KongAdmin;
import io.platformapi.routes.gateway.kong.KongRedis;
import io.platformapi.routes.gateway.litellm.LiteLlmAdmin;
import io.platformapi.service.config.GatewayConfiguration;
import io.platformapi.service.edge.EdgeFeature;
import java.util.Optional;

/** The clients of what holds limits at the edge. */
final class Edges {
  private Edges() {}

  /** Those that we have a credential for. */
  static EdgeFeature.Upstreams upstreams(GatewayConfiguration configuration, Gateway gateway) {
    GatewayConfiguration.CountingRedis redis = configuration.kongRedis();
    return new EdgeFeature.Upstreams(
        present(configuration.litellm()).map(path -> new LiteLlmAdmin(gateway, path)),
        present(configuration.kongAdmin())
            .map(path -> new KongAdmin(gateway, path, new KongRedis(redis.host(), redis.port()))));
  }

  private static Optional<String> present(GatewayConfiguration.Upstream upstream) {
    return upstream.isCalled() ? Optional.of(upstream.path()) : Optional.empty();
  }
}
