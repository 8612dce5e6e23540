package io.platformapi.service.auth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;

/**
 * Reads a discovery document (OpenID Connect Discovery 1.0, section 3) of one issuer.
 *
 * <p>Logto derives the endpoints' host from the request that asks, so behind Kong it may be a name
 * that only Kong knows: of each endpoint the path alone is used. What we call goes behind Kong;
 * what a browser visits is on the issuer's own origin, wherever the document would send it.
 */
final class OidcDocument {
  private final String issuer;
  private final String origin;
  private final String behindKong;
  private final ObjectMapper json = new ObjectMapper();

  /**
   * @param issuer {@code iss} of the tokens, a URL
   * @param behindKong path at Kong that stands for the issuer's origin
   */
  OidcDocument(String issuer, String behindKong) {
    this.issuer = issuer;
    this.origin = origin(URI.create(issuer));
    this.behindKong = withoutSlash(behindKong);
  }

  /** Path of the document behind Kong. */
  String path() {
    return behindKong
        + withoutSlash(URI.create(issuer).getRawPath())
        + "/.well-known/openid-configuration";
  }

  /**
   * @throws IOException when it is none, or another issuer's
   */
  OidcEndpoints read(byte[] document) throws IOException {
    JsonNode node = json.readTree(document);
    String named = node == null ? "" : node.path("issuer").asText();
    if (!issuer.equals(named)) {
      throw new IOException("the discovery document is of another issuer than " + issuer);
    }
    String keys = path(node, "jwks_uri");
    if (keys == null) {
      throw new IOException("the discovery document names no keys");
    }
    return new OidcEndpoints(
        behindKong + keys,
        prefixed(path(node, "token_endpoint")),
        prefixed(path(node, "revocation_endpoint")),
        ofIssuer(path(node, "authorization_endpoint")),
        ofIssuer(path(node, "end_session_endpoint")));
  }

  private String prefixed(String path) {
    return path == null ? null : behindKong + path;
  }

  private URI ofIssuer(String path) {
    return path == null ? null : URI.create(origin + path);
  }

  /** Path and query of an endpoint, or null when the document has none. */
  private static String path(JsonNode node, String name) throws IOException {
    JsonNode value = node.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    try {
      URI url = URI.create(value.asText());
      if (value.isTextual() && url.getHost() != null && url.getRawPath().startsWith("/")) {
        return url.getRawQuery() == null
            ? url.getRawPath()
            : url.getRawPath() + "?" + url.getRawQuery();
      }
    } catch (IllegalArgumentException e) {
      throw new IOException(name + " of the discovery document is no URL", e);
    }
    throw new IOException(name + " of the discovery document is no URL");
  }

  private static String origin(URI url) {
    return url.getScheme() + "://" + url.getRawAuthority();
  }

  private static String withoutSlash(String path) {
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }
}
