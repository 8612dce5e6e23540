package io.platformapi.service.local;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathMatching;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;

import com.github.tomakehurst.wiremock.WireMockServer;
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

  /** Base URL, as {@code KONG_URL} names it. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + server.port());
  }

  @Override
  public void close() {
    server.stop();
  }
}
