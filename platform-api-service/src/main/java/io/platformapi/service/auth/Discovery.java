package io.platformapi.service.auth;

import io.platformapi.routes.gateway.Gateway;
import io.platformapi.routes.gateway.GatewayRequest;
import io.platformapi.routes.gateway.UpstreamClient;
import io.platformapi.routes.gateway.UpstreamException;
import java.io.IOException;
import java.time.Duration;

/** Asks an issuer for its discovery document and tells whether it can be used. */
public final class Discovery {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final OidcDocument document;

  /**
   * @param issuer {@code iss} of the tokens, a URL
   * @param behindKong path at Kong that stands for the issuer's origin
   */
  public Discovery(String issuer, String behindKong) {
    this.document = new OidcDocument(issuer, behindKong);
  }

  /**
   * @throws UpstreamException FAILED when the document is none, or another issuer's
   */
  public OidcEndpoints read(Gateway gateway) {
    UpstreamClient client = new UpstreamClient(gateway, "");
    GatewayRequest request = client.get(document.path()).within(TIMEOUT);
    byte[] body = client.send(request);
    try {
      return document.read(body);
    } catch (IOException e) {
      throw UpstreamException.somethingElse(request);
    }
  }
}
