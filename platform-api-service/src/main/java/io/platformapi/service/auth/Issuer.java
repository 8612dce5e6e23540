package io.platformapi.service.auth;

import io.platformapi.routes.gateway.Gateway;
import io.platformapi.routes.gateway.GatewayException;
import io.platformapi.routes.gateway.GatewayRequest;
import io.platformapi.routes.gateway.GatewayResponse;
import io.platformapi.service.problem.UnavailableException;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The issuer as it is reached through Kong: its discovery document, kept and read anew now and
 * then, and its keys. What was known stays known while it is down or says it were somebody else.
 */
public final class Issuer {
  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final Duration REFRESH = Duration.ofMinutes(4);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
  private static final int OK = 200;

  private final Logger log = LoggerFactory.getLogger(Issuer.class);
  private final Gateway gateway;
  private final OidcDocument document;

  private volatile OidcEndpoints known;
  private boolean attempted;
  private long lastAttempt;
  private long lastSuccess;

  /**
   * @param gateway to Kong
   * @param issuer {@code iss} of the tokens, a URL
   * @param behindKong path at Kong that stands for the issuer's origin
   */
  public Issuer(Gateway gateway, String issuer, String behindKong) {
    this.gateway = gateway;
    this.document = new OidcDocument(issuer, behindKong);
  }

  /**
   * Where its endpoints are.
   *
   * @throws UnavailableException when it could not be asked so far
   */
  public OidcEndpoints endpoints() {
    OidcEndpoints present = known;
    if (present != null) {
      return present;
    }
    try {
      return firstEndpoints();
    } catch (IOException | GatewayException e) {
      throw new UnavailableException("the token issuer cannot be reached now", RETRY_AFTER);
    }
  }

  /**
   * Its present keys, a JWK set (RFC 7517) as text; reads the discovery document anew too when that
   * is some minutes old.
   *
   * @throws IOException when it has no usable answer
   * @throws GatewayException when it cannot be reached
   */
  String keys() throws IOException {
    refreshWhenOld();
    OidcEndpoints present = known;
    return ask((present == null ? firstEndpoints() : present).keys()).text();
  }

  private synchronized OidcEndpoints firstEndpoints() throws IOException {
    if (known != null) {
      return known;
    }
    if (attempted && System.nanoTime() - lastAttempt < PAUSE.toNanos()) {
      throw new IOException("the issuer did not tell its endpoints a moment ago");
    }
    fetch();
    return known;
  }

  private synchronized void refreshWhenOld() {
    if (known == null || System.nanoTime() - lastSuccess < REFRESH.toNanos()) {
      return;
    }
    try {
      fetch();
    } catch (IOException | GatewayException e) {
      log.warn("cannot read the issuer's discovery document anew: {}", e.getMessage());
    }
  }

  private void fetch() throws IOException {
    attempted = true;
    try {
      known = document.read(ask(document.path()).body());
      lastSuccess = System.nanoTime();
    } finally {
      lastAttempt = System.nanoTime();
    }
  }

  private GatewayResponse ask(String path) throws IOException {
    GatewayResponse response = gateway.send(GatewayRequest.get(path).within(TIMEOUT));
    if (response.status() != OK) {
      throw new IOException("status " + response.status() + " from " + path);
    }
    return response;
  }
}
