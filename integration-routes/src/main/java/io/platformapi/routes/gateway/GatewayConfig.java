package io.platformapi.routes.gateway;

import java.net.URI;
import java.time.Duration;

/**
 * Where Kong is and what is behind it, how long we wait for it and how much we ask of it at once.
 *
 * @param url Kong's base URL, the only place that is ever called
 * @param connectTimeout how long a connection may take
 * @param maxResponseBytes largest answer that is read, unless a request says otherwise
 * @param maxConcurrent calls of one upstream that may be under way at once
 * @param maxWait how long a call waits for its turn among them
 * @param liteLlmPath path at Kong that stands for LiteLLM
 * @param kongAdminPath path at Kong that stands for its own Admin API
 */
public record GatewayConfig(
    URI url,
    Duration connectTimeout,
    int maxResponseBytes,
    int maxConcurrent,
    Duration maxWait,
    String liteLlmPath,
    String kongAdminPath) {
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final int MAX_RESPONSE_BYTES = 4 << 20;
  private static final int MAX_CONCURRENT = 32;
  private static final Duration MAX_WAIT = Duration.ofMillis(500);
  private static final String LITELLM = "/litellm";
  private static final String KONG_ADMIN = "/kong-admin";

  public GatewayConfig {
    if (maxResponseBytes < 1 || maxConcurrent < 1 || maxWait.isNegative()) {
      throw new IllegalArgumentException("a gateway without room");
    }
  }

  /**
   * With the usual paths and limits: 2 s to connect, 4 MiB, 32 calls at once, 500 ms of waiting.
   */
  public GatewayConfig(URI url) {
    this(url, MAX_CONCURRENT, MAX_WAIT, LITELLM, KONG_ADMIN);
  }

  /** With the usual limits for connecting and answers. */
  public GatewayConfig(
      URI url, int maxConcurrent, Duration maxWait, String liteLlmPath, String kongAdminPath) {
    this(url, CONNECT, MAX_RESPONSE_BYTES, maxConcurrent, maxWait, liteLlmPath, kongAdminPath);
  }
}
