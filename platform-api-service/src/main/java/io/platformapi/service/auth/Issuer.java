package io.platformapi.service.auth;

import io.dropwizard.lifecycle.Managed;
import io.platformapi.routes.gateway.Gateway;
import io.platformapi.routes.gateway.GatewayException;
import io.platformapi.routes.gateway.GatewayRequest;
import io.platformapi.routes.gateway.GatewayResponse;
import io.platformapi.service.cache.CacheKind;
import io.platformapi.service.cache.Caches;
import io.platformapi.service.cache.Snapshot;
import io.platformapi.service.cache.SnapshotOptions;
import io.platformapi.service.problem.UnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * The issuer as it is reached through Kong: its discovery document, kept and read anew now and
 * then, and its keys. What was known stays known while it is down or says it were somebody else.
 */
public final class Issuer implements Managed {
  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final Duration REFRESH = Duration.ofMinutes(4);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
  private static final int OK = 200;

  private final Gateway gateway;
  private final OidcDocument document;
  private final Snapshot<Optional<OidcEndpoints>> endpoints;

  /**
   * @param gateway to Kong
   * @param issuer {@code iss} of the tokens, a URL
   * @param behindKong path at Kong that stands for the issuer's origin
   * @param caches of this node
   */
  public Issuer(Gateway gateway, String issuer, String behindKong, Caches caches) {
    this.gateway = gateway;
    this.document = new OidcDocument(issuer, behindKong);
    this.endpoints =
        caches.whole(
            CacheKind.SIGNING_KEY,
            "issuer-endpoints",
            Optional.empty(),
            this::read,
            new SnapshotOptions<Optional<OidcEndpoints>>(REFRESH, PAUSE, Issuer::size).ownStart());
  }

  /** To be called when the gateway can be used. */
  @Override
  public void start() {
    endpoints.start();
  }

  @Override
  public void stop() {
    endpoints.stop();
  }

  /**
   * Where its endpoints are.
   *
   * @throws UnavailableException when it could not be asked so far
   */
  public OidcEndpoints endpoints() {
    return known()
        .orElseThrow(
            () -> new UnavailableException("the token issuer cannot be reached now", RETRY_AFTER));
  }

  /**
   * Its present keys, a JWK set (RFC 7517) as text.
   *
   * @throws IOException when it has no usable answer
   * @throws GatewayException when it cannot be reached
   */
  String keys() throws IOException {
    OidcEndpoints present =
        known().orElseThrow(() -> new IOException("the issuer did not tell its endpoints"));
    return ask(present.keys()).text();
  }

  private Optional<OidcEndpoints> known() {
    if (endpoints.get().isEmpty()) {
      endpoints.refreshSeldom(PAUSE);
    }
    return endpoints.get();
  }

  private Optional<OidcEndpoints> read() {
    try {
      return Optional.of(document.read(ask(document.path()).body()));
    } catch (IOException e) {
      throw new IllegalStateException("no discovery document: " + e.getMessage(), e);
    }
  }

  private GatewayResponse ask(String path) throws IOException {
    GatewayResponse response = gateway.send(GatewayRequest.get(path).within(TIMEOUT));
    if (response.status() != OK) {
      throw new IOException("status " + response.status() + " from " + path);
    }
    return response;
  }

  private static long size(Optional<OidcEndpoints> known) {
    return known.isPresent() ? 1 : 0;
  }
}
