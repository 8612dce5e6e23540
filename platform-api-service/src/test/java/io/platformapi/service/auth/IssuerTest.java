package io.platformapi.service.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.routes.gateway.GatewayRequest;
import io.platformapi.routes.gateway.GatewayResponse;
import io.platformapi.service.cache.Caches;
import io.platformapi.service.problem.UnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IssuerTest {
  private static final String ISSUER = "http://127.0.0.1:3001/oidc";

  private final List<String> asked = new ArrayList<>();
  private String document = recorded("logto-discovery.json");
  private int status = 200;

  @Test
  void theRecordedDocumentTellsWhereEverythingIs() {
    OidcEndpoints endpoints = issuer(ISSUER, "/logto").endpoints();
    assertThat(endpoints)
        .isEqualTo(
            new OidcEndpoints(
                "/logto/oidc/jwks",
                "/logto/oidc/token",
                "/logto/oidc/token/revocation",
                URI.create("http://127.0.0.1:3001/oidc/auth"),
                URI.create("http://127.0.0.1:3001/oidc/session/end")));
    assertThat(asked).containsExactly("/logto/oidc/.well-known/openid-configuration");
  }

  @Test
  void whateverHostTheDocumentNamesOnlyKongIsCalledAndOnlyTheIssuerVisited() {
    document =
        document
            .replace("http://127.0.0.1:3001/oidc/", "http://evil.example:99/oidc/")
            .replace("\"http://evil.example:99/oidc\"", "\"" + ISSUER + "\"");
    assertThat(document).contains("http://evil.example:99/oidc/auth");
    OidcEndpoints endpoints = issuer(ISSUER, "/logto").endpoints();
    assertThat(endpoints.keys()).isEqualTo("/logto/oidc/jwks");
    assertThat(endpoints.authorizationUrl()).contains(URI.create(ISSUER + "/auth"));
    assertThat(endpoints.endSessionUrl()).contains(URI.create(ISSUER + "/session/end"));
  }

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:3001/oidc/, /logto",
    "http://127.0.0.1:3001, /logto",
    "https://127.0.0.1:3001/oidc, /logto",
    "http://localhost:3001/oidc, /logto"
  })
  void theDocumentOfAnotherIssuerIsRefused(String configured, String path) {
    Issuer issuer = issuer(configured, path);
    assertThatThrownBy(issuer::endpoints).isInstanceOf(UnavailableException.class);
    assertThatThrownBy(issuer::keys).isInstanceOf(IOException.class);
    assertThat(asked).hasSize(1).allMatch(asked -> asked.endsWith("/openid-configuration"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "null",
        "not json",
        "{\"issuer\":\"http://127.0.0.1:3001/oidc\"}",
        "{\"issuer\":\"http://127.0.0.1:3001/oidc\",\"jwks_uri\":\"/oidc/jwks\"}",
        "{\"issuer\":\"http://127.0.0.1:3001/oidc\",\"jwks_uri\":5}",
        "{\"issuer\":\"http://127.0.0.1:3001/oidc\",\"jwks_uri\":\"http://h/ space\"}"
      })
  void whatIsNoDocumentIsNotBelieved(String text) {
    document = text;
    assertThatThrownBy(issuer(ISSUER, "/logto")::endpoints)
        .isInstanceOf(UnavailableException.class);
  }

  @Test
  void whatIsKnownStaysKnownWhileTheIssuerIsDown() throws IOException {
    Issuer issuer = issuer(ISSUER, "/logto");
    OidcEndpoints known = issuer.endpoints();
    status = 503;
    assertThat(issuer.endpoints()).isSameAs(known);
    assertThatThrownBy(issuer::keys).isInstanceOf(IOException.class);
    status = 200;
    assertThat(issuer.keys()).isEqualTo(document);
    assertThat(asked.get(asked.size() - 1)).isEqualTo("/logto/oidc/jwks");
  }

  private Issuer issuer(String configured, String path) {
    return new Issuer(this::answer, configured, path, new Caches(new SimpleMeterRegistry()));
  }

  private GatewayResponse answer(GatewayRequest request) {
    asked.add(request.path());
    return new GatewayResponse(status, Map.of(), document.getBytes(StandardCharsets.UTF_8));
  }

  static String recorded(String name) {
    try (InputStream in = IssuerTest.class.getResourceAsStream("/logto/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
