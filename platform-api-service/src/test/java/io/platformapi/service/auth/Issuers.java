package io.platformapi.service.auth;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.routes.gateway.GatewayConfig;
import io.platformapi.routes.gateway.KongGateway;
import io.platformapi.service.cache.Caches;
import io.platformapi.service.local.LocalIssuer;
import java.net.URI;

/** A local issuer as if Kong were right in front of it, under the same paths. */
final class Issuers {
  private Issuers() {}

  static Issuer of(LocalIssuer issuer) {
    return new Issuer(
        new KongGateway(
            new GatewayConfig(URI.create("http://127.0.0.1:" + issuer.port())),
            new SimpleMeterRegistry()),
        issuer.issuer(),
        "/",
        new Caches(new SimpleMeterRegistry()));
  }
}
