package io.platformapi.service.local;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.jsonResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathMatching;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import java.net.URI;

/** WireMock in the place of Kong, on loopback: what lies behind it is proxied or stubbed. */
public final class LocalKong implements AutoCloseable {
  private final WireMockServer server;

  private LocalKong(WireMockServer server) {
    this.server = server;
  }

  /**
   * @param port port, or 0 for a free one
   */
  public static LocalKong start(int port) {
    WireMockServer server =
        new WireMockServer(
            port == 0
                ? options().bindAddress("127.0.0.1").dynamicPort().disableRequestJournal()
                : options().bindAddress("127.0.0.1").port(port).disableRequestJournal());
    server.start();
    return new LocalKong(server);
  }

  /** Sends {@code /logto/**} to an issuer, without the prefix. */
  public void routeLogto(URI issuer) {
    server.stubFor(
        any(urlPathMatching("/logto/.*"))
            .willReturn(
                aResponse().proxiedFrom(issuer.toString()).withProxyUrlPrefixToRemove("/logto")));
  }

  /**
   * Plays Flagsmith at {@code /flagsmith}, which takes one environment key (shapes of a running
   * 2.265.0).
   */
  public void playFlagsmith(String environmentKey) {
    play(
        "/flagsmith/api/v1/environment-document/",
        "X-Environment-Key",
        environmentKey,
        """
        {"id": 1, "name": "Local", "project": {"id": 1, "name": "Local", "segments": []},
         "feature_states": [], "identity_overrides": []}
        """,
        jsonResponse("{\"detail\": \"Invalid or missing Environment Key\"}", 403));
  }

  /** Plays OpenAI's list of models at {@code /provider-openai}, which takes one key. */
  public void playOpenAi(String key) {
    play(
        "/provider-openai/v1/models",
        "Authorization",
        "Bearer " + key,
        """
        {"object": "list", "data": [{"id": "gpt-4o-mini", "object": "model"}]}
        """,
        jsonResponse("{\"error\": {\"code\": \"invalid_api_key\"}}", 401));
  }

  private void play(
      String path,
      String header,
      String credential,
      String answer,
      ResponseDefinitionBuilder refusal) {
    server.stubFor(get(urlEqualTo(path)).willReturn(refusal));
    server.stubFor(
        get(urlEqualTo(path)).withHeader(header, equalTo(credential)).willReturn(okJson(answer)));
  }

  /** Base URL, as {@code KONG_URL} names it. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + server.port());
  }

  @Override
  public void close() {
    server.stop();
  }
}
