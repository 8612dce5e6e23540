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
 * @param timeout how long the whole call may take, waiting and retries included
 * @param maxResponseBytes largest answer that is read, or 0 for the gateway's usual limit
 * @param requestId goes along as X-Request-Id, or null to make one
 * @param traceparent W3C trace context to go along, or null to make one
 */
public record GatewayRequest(
    String method,
    String path,
    Map<String, String> headers,
    byte[] body,
    Duration timeout,
    int maxResponseBytes,
    String requestId,
    String traceparent) {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  public GatewayRequest {
    headers = Map.copyOf(headers);
  }

  /** GET, asking for JSON, within 5 s. */
  public static GatewayRequest get(String path) {
    return new GatewayRequest(
        "GET", path, Map.of("Accept", "application/json"), new byte[0], TIMEOUT, 0, null, null);
  }

  /** POST, asking for JSON, within 5 s. */
  public static GatewayRequest post(String path, String contentType, byte[] body) {
    return sending("POST", path, contentType, body);
  }

  /** PATCH, asking for JSON, within 5 s. */
  public static GatewayRequest patch(String path, String contentType, byte[] body) {
    return sending("PATCH", path, contentType, body);
  }

  /** The same with one header more, or another value of it. */
  public GatewayRequest with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return withAll(more);
  }

  public GatewayRequest within(Duration limit) {
    return new GatewayRequest(
        method, path, headers, body, limit, maxResponseBytes, requestId, traceparent);
  }

  /** The same, with an answer of up to so many bytes. */
  public GatewayRequest upTo(int bytes) {
    return new GatewayRequest(method, path, headers, body, timeout, bytes, requestId, traceparent);
  }

  /** The same as a part of a request that we are answering. */
  public GatewayRequest onBehalfOf(String ofRequest, String trace) {
    return new GatewayRequest(
        method, path, headers, body, timeout, maxResponseBytes, ofRequest, trace);
  }

  /** Method and path; a query may hold secrets, headers and bodies do. */
  @Override
  public String toString() {
    return method + " " + withoutQuery();
  }

  /** The same with other headers. */
  GatewayRequest withAll(Map<String, String> others) {
    return new GatewayRequest(
        method, path, others, body, timeout, maxResponseBytes, requestId, traceparent);
  }

  String withoutQuery() {
    int query = path.indexOf('?');
    return query < 0 ? path : path.substring(0, query);
  }

  private static GatewayRequest sending(
      String method, String path, String contentType, byte[] body) {
    return new GatewayRequest(
        method,
        path,
        Map.of("Accept", "application/json", "Content-Type", contentType),
        body,
        TIMEOUT,
        0,
        null,
        null);
  }
}
