package io.platformapi.routes.gateway;

import java.net.URI;
import java.time.Duration;

/**
 * Where Kong is and how long we wait for it.
 *
 * @param url Kong's base URL, the only place that is ever called
 * @param connectTimeout how long a connection may take
 * @param maxResponseBytes largest answer that is read
 */
public record GatewayConfig(URI url, Duration connectTimeout, int maxResponseBytes) {
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final int MAX_RESPONSE_BYTES = 4 << 20;

  /** With the usual limits: 2 s to connect, 4 MiB. */
  public GatewayConfig(URI url) {
    this(url, CONNECT, MAX_RESPONSE_BYTES);
  }
}
