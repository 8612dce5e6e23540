package io.platformapi.service.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The local issuer's endpoints, under the paths and with the answers of a Logto 1.37.1. */
final class LocalOidcEndpoints {
  private static final int OK = 200;
  private static final int SEE_OTHER = 303;
  private static final int BAD_REQUEST = 400;

  private final ObjectMapper mapper = new ObjectMapper();
  private final LocalIssuer issuer;
  private final LocalClients clients;

  LocalOidcEndpoints(LocalIssuer issuer, LocalClients clients) {
    this.issuer = issuer;
    this.clients = clients;
  }

  void serve(HttpServer server) {
    server.createContext("/oidc/.well-known/openid-configuration", this::discovery);
    server.createContext("/oidc/jwks", this::jwks);
    server.createContext("/oidc/auth", this::authorize);
    server.createContext("/oidc/token", this::token);
    server.createContext("/oidc/token/revocation", this::revoke);
    server.createContext("/oidc/session/end", this::endSession);
  }

  private void discovery(HttpExchange exchange) throws IOException {
    String url = issuer.issuer();
    answer(
        exchange,
        OK,
        Map.ofEntries(
            Map.entry("issuer", url),
            Map.entry("authorization_endpoint", url + "/auth"),
            Map.entry("token_endpoint", url + "/token"),
            Map.entry("revocation_endpoint", url + "/token/revocation"),
            Map.entry("end_session_endpoint", url + "/session/end"),
            Map.entry("jwks_uri", url + "/jwks"),
            Map.entry("code_challenge_methods_supported", List.of("S256")),
            Map.entry("authorization_response_iss_parameter_supported", true),
            Map.entry(
                "grant_types_supported",
                List.of("authorization_code", "refresh_token", "client_credentials")),
            Map.entry("response_types_supported", List.of("code")),
            Map.entry("subject_types_supported", List.of("public")),
            Map.entry("id_token_signing_alg_values_supported", List.of("ES384"))));
  }

  private void jwks(HttpExchange exchange) throws IOException {
    answer(exchange, OK, issuer.publicKeys());
  }

  /** There is one user, who is signed in and willing: the browser is sent back at once. */
  private void authorize(HttpExchange exchange) throws IOException {
    String query = exchange.getRequestURI().getRawQuery();
    Map<String, String> fields = OidcForm.fields(query == null ? "" : query);
    String code = issuer.sessions().authorize(fields);
    if (code == null) {
      refuse(
          exchange,
          new OidcError(
              BAD_REQUEST, "invalid_request", "Request is invalid.", "not a request of an app"));
      return;
    }
    String back = fields.get("redirect_uri");
    redirect(
        exchange,
        back
            + (back.contains("?") ? "&" : "?")
            + "code="
            + code
            + "&state="
            + URLEncoder.encode(fields.getOrDefault("state", ""), StandardCharsets.UTF_8)
            + "&iss="
            + URLEncoder.encode(issuer.issuer(), StandardCharsets.UTF_8));
  }

  private void endSession(HttpExchange exchange) throws IOException {
    String query = exchange.getRequestURI().getRawQuery();
    String back = OidcForm.fields(query == null ? "" : query).get("post_logout_redirect_uri");
    if (back == null) {
      answer(exchange, OK, Map.of("signedOut", true));
    } else {
      redirect(exchange, back);
    }
  }

  private void revoke(HttpExchange exchange) throws IOException {
    Map<String, String> fields = OidcForm.fields(body(exchange));
    issuer.sessions().revoke(fields.getOrDefault("token", ""));
    answer(exchange, OK, Map.of());
  }

  private void token(HttpExchange exchange) throws IOException {
    Map<String, String> fields = OidcForm.fields(body(exchange));
    List<String> credentials =
        OidcForm.credentials(exchange.getRequestHeaders().getFirst("Authorization"), fields);
    if (issuer.sessions().knows(credentials)) {
      LocalSessions.Answer judged = issuer.sessions().grant(credentials, fields);
      if (judged instanceof LocalSessions.Granted granted) {
        answer(exchange, OK, tokens(granted));
      } else {
        refuse(exchange, ((LocalSessions.Refused) judged).error());
      }
      return;
    }
    LocalClients.Grant judged = clients.grant(credentials, fields);
    if (judged instanceof LocalClients.Granted granted) {
      answer(
          exchange,
          OK,
          accessToken(
              issuer.claims(
                  granted.clientId(),
                  audience(granted.resource(), granted.organization()),
                  granted.scope()),
              granted.resource(),
              granted.organization()));
    } else {
      refuse(exchange, ((LocalClients.Refused) judged).error());
    }
  }

  private Map<String, Object> tokens(LocalSessions.Granted granted) {
    Map<String, Object> claims =
        issuer.claims(
            granted.app().id(),
            audience(granted.resource(), granted.organization()),
            granted.scope());
    claims.put("sub", granted.app().user());
    Map<String, Object> answer = accessToken(claims, granted.resource(), granted.organization());
    if (granted.refreshToken() != null) {
      answer.put("refresh_token", granted.refreshToken());
    }
    if (granted.idToken()) {
      Map<String, Object> identity = issuer.claims(granted.app().id(), granted.app().id(), null);
      identity.remove("client_id");
      identity.put("sub", granted.app().user());
      if (granted.nonce() != null) {
        identity.put("nonce", granted.nonce());
      }
      answer.put("id_token", issuer.signIdToken(identity));
    }
    return answer;
  }

  private static String audience(String resource, String organization) {
    return resource == null ? LocalIssuer.ORGANIZATION_AUDIENCE + organization : resource;
  }

  private Map<String, Object> accessToken(
      Map<String, Object> claims, String resource, String organization) {
    if (resource != null && organization != null) {
      claims.put("organization_id", organization);
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("access_token", issuer.sign(claims));
    answer.put("expires_in", LocalIssuer.LIFE_SECONDS);
    answer.put("token_type", "Bearer");
    if (claims.containsKey("scope")) {
      answer.put("scope", claims.get("scope"));
    }
    return answer;
  }

  private static String body(HttpExchange exchange) throws IOException {
    return new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static void redirect(HttpExchange exchange, String location) throws IOException {
    exchange.getResponseHeaders().set("Location", location);
    exchange.sendResponseHeaders(SEE_OTHER, -1);
    exchange.close();
  }

  private void refuse(HttpExchange exchange, OidcError error) throws IOException {
    answer(exchange, error.status(), error.body());
  }

  private void answer(HttpExchange exchange, int status, Map<String, Object> body)
      throws IOException {
    byte[] bytes = mapper.writeValueAsBytes(body);
    exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
