package io.platformapi.routes.gateway;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request to what lies behind Kong.
 *
 * @param method HTTP method
 * @param path path behind Kong's base URL, with a query where there is one; begins with one slash,
 *     and its first part names the upstream
 * @param headers name to value; may hold credentials, so they are in no text of this record
 * @param body bytes to send, empty for none
 * @param timeout how long the whole call may take, retries included
 * @param requestId goes along as X-Request-Id, or null to make one
 * @param traceparent W3C trace context to go along, or null to make one
 */
public record GatewayRequest(
    String method,
    String path,
    Map<String, String> headers,
    byte[] body,
    Duration timeout,
    String requestId,
    String traceparent) {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  public GatewayRequest {
    headers = Map.copyOf(headers);
  }

  /** GET, asking for JSON, within 5 s. */
  public static GatewayRequest get(String path) {
    return new GatewayRequest(
        "GET", path, Map.of("Accept", "application/json"), new byte[0], TIMEOUT, null, null);
  }

  /** POST, asking for JSON, within 5 s. */
  public static GatewayRequest post(String path, String contentType, byte[] body) {
    return new GatewayRequest(
        "POST",
        path,
        Map.of("Accept", "application/json", "Content-Type", contentType),
        body,
        TIMEOUT,
        null,
        null);
  }

  /** The same with one header more, or another value of it. */
  public GatewayRequest with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new GatewayRequest(method, path, more, body, timeout, requestId, traceparent);
  }

  public GatewayRequest within(Duration limit) {
    return new GatewayRequest(method, path, headers, body, limit, requestId, traceparent);
  }

  /** The same as a part of a request that we are answering. */
  public GatewayRequest onBehalfOf(String ofRequest, String trace) {
    return new GatewayRequest(method, path, headers, body, timeout, ofRequest, trace);
  }

  /** Method and path; a query may hold secrets, headers and bodies do. */
  @Override
  public String toString() {
    return method + " " + withoutQuery();
  }

  String withoutQuery() {
    int query = path.indexOf('?');
    return query < 0 ? path : path.substring(0, query);
  }
}
