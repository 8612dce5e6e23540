package io.platformapi.routes.gateway;

import io.platformapi.routes.gateway.UpstreamException.Kind;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Asks one upstream, and makes of every answer but success an exception that says which it is. */
public final class UpstreamClient {
  private static final String JSON = "application/json";

  private final Gateway gateway;
  private final String path;
  private final String requestId;

  /**
   * @param path the upstream's path at Kong
   */
  public UpstreamClient(Gateway gateway, String path) {
    this(gateway, path, null);
  }

  private UpstreamClient(Gateway gateway, String path, String requestId) {
    this.gateway = gateway;
    this.path = path;
    this.requestId = requestId;
  }

  /** The same, whose calls all carry this X-Request-Id. */
  public UpstreamClient onBehalfOf(String requestId) {
    return new UpstreamClient(gateway, path, requestId);
  }

  /**
   * @param path below the upstream's, with a query where there is one
   */
  public GatewayRequest get(String path) {
    return ours(GatewayRequest.get(this.path + path));
  }

  public GatewayRequest post(String path, byte[] json) {
    return ours(GatewayRequest.post(this.path + path, JSON, json));
  }

  public GatewayRequest patch(String path, byte[] json) {
    return ours(GatewayRequest.patch(this.path + path, JSON, json));
  }

  /**
   * Sends a request and returns the body of a success.
   *
   * @throws UpstreamException when there is none
   */
  public byte[] send(GatewayRequest request) {
    GatewayResponse answer;
    try {
      answer = gateway.send(request);
    } catch (GatewayException e) {
      Kind kind =
          e.reason() == GatewayException.Reason.TOO_LARGE ? Kind.TOO_LARGE : Kind.UNAVAILABLE;
      throw new UpstreamException(kind, e.getMessage(), e);
    }
    if (answer.status() / 100 != 2) {
      throw new UpstreamException(
          kind(answer.status()), request + " was answered " + answer.status());
    }
    return answer.body();
  }

  /** One part of a path, or a value in a query, as it may stand there. */
  public static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private GatewayRequest ours(GatewayRequest request) {
    return request.onBehalfOf(requestId, null);
  }

  private static Kind kind(int status) {
    return switch (status) {
      case 401, 403 -> Kind.REFUSED_CREDENTIAL;
      case 404 -> Kind.NOT_FOUND;
      case 405 -> Kind.READ_ONLY;
      case 409, 412 -> Kind.CONFLICT;
      case 400, 413, 415, 422 -> Kind.INVALID;
      case 429, 502, 503, 504 -> Kind.UNAVAILABLE;
      default -> Kind.FAILED;
    };
  }
}
