package io.platformapi.routes.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.sun.net.httpserver.Headers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.routes.port.UpstreamCredentials;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

@Timeout(30)
class KongGatewayTest {
  private static final byte[] OK = "ok".getBytes(StandardCharsets.UTF_8);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://evil.example/logto",
        "https://evil.example",
        "//evil.example/logto",
        "evil.example/logto",
        "@evil.example/",
        ":9/logto",
        ".evil.example/",
        "",
        "logto",
        "\\\\evil.example\\logto",
        "/\\evil.example",
        "/logto/../admin",
        "/logto/./oidc",
        "/logto/%2e%2E/admin",
        "/..",
        "/logto#fragment",
        "/logto/ space",
        "/logto\r\nHost: evil.example",
        "/logto/%zz"
      })
  void whatIsNoPathBehindKongIsNeverCalled(String path) throws Exception {
    try (Upstream kong = new Upstream(exchange -> Upstream.answer(exchange, 200, OK))) {
      Gateway gateway = gateway(kong.url());
      assertThatThrownBy(() -> gateway.send(GatewayRequest.get(path)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(kong.asked()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "http://kong:8000, /logto/oidc/jwks, http://kong:8000/logto/oidc/jwks",
    "http://kong:8000/, /logto/oidc/jwks, http://kong:8000/logto/oidc/jwks",
    "https://kong/base/, /a?b=c%20d, https://kong/base/a?b=c%20d",
    "http://kong:8000, /a/user@host, http://kong:8000/a/user@host",
    "http://kong:8000, /a?next=http://x/../y, http://kong:8000/a?next=http://x/../y"
  })
  void aPathIsPutBehindKongsUrlAsItIs(URI kong, String path, URI url) {
    assertThat(new KongAddress(kong).of(path)).isEqualTo(url);
  }

  @ParameterizedTest
  @ValueSource(strings = {"kong:8000", "ftp://kong", "http://user@kong", "http://kong?a", "/kong"})
  void aGatewayThatIsNoPlainUrlIsRefused(URI kong) {
    assertThatThrownBy(() -> new KongAddress(kong)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aRedirectIsAnAnswerAndIsNotFollowed() throws Exception {
    try (Upstream elsewhere = new Upstream(exchange -> Upstream.answer(exchange, 200, OK));
        Upstream kong =
            new Upstream(
                exchange -> {
                  exchange.getResponseHeaders().set("Location", elsewhere.url().toString());
                  Upstream.answer(exchange, 302, new byte[0]);
                })) {
      GatewayResponse answer = gateway(kong.url()).send(GatewayRequest.get("/logto/oidc"));
      assertThat(answer.status()).isEqualTo(302);
      assertThat(answer.header("location")).contains(elsewhere.url().toString());
      assertThat(elsewhere.asked()).isEmpty();
    }
  }

  @Test
  void theIdsOfTheRequestAtHandGoAlongAndAreMadeOtherwise() throws Exception {
    AtomicReference<Headers> seen = new AtomicReference<>();
    try (Upstream kong =
        new Upstream(
            exchange -> {
              seen.set(exchange.getRequestHeaders());
              Upstream.answer(exchange, 200, OK);
            })) {
      Gateway gateway = gateway(kong.url());
      String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
      gateway.send(GatewayRequest.get("/logto").onBehalfOf("request-1", trace));
      assertThat(seen.get().get("X-Request-Id")).containsExactly("request-1");
      assertThat(seen.get().get("Traceparent")).containsExactly(trace);
      gateway.send(GatewayRequest.get("/logto"));
      assertThat(seen.get().getFirst("X-Request-Id")).isNotBlank().isNotEqualTo("request-1");
      assertThat(seen.get().getFirst("Traceparent"))
          .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00")
          .isNotEqualTo(trace);
    }
  }

  @ParameterizedTest
  @CsvSource({"GET, 3, 200", "POST, 1, 503"})
  void onlyASafeMethodIsTriedAgain(String method, int calls, int status) throws Exception {
    AtomicInteger count = new AtomicInteger();
    try (Upstream kong =
        new Upstream(
            exchange -> Upstream.answer(exchange, count.incrementAndGet() < 3 ? 503 : 200, OK))) {
      GatewayRequest request =
          method.equals("GET")
              ? GatewayRequest.get("/logto/oidc")
              : GatewayRequest.post("/logto/oidc", "text/plain", OK);
      assertThat(gateway(kong.url()).send(request).status()).isEqualTo(status);
      assertThat(kong.asked()).hasSize(calls);
      assertThat(meters.find("platform.gateway.requests").tag("upstream", "logto").timer())
          .isNotNull()
          .satisfies(timer -> assertThat(timer.count()).isOne());
    }
  }

  @Test
  void anErrorOfTheUpstreamItselfIsAnAnswer() throws Exception {
    try (Upstream kong = new Upstream(exchange -> Upstream.answer(exchange, 500, OK))) {
      assertThat(gateway(kong.url()).send(GatewayRequest.get("/logto")).status()).isEqualTo(500);
      assertThat(kong.asked()).hasSize(1);
    }
  }

  @Test
  void anAnswerThatComesTooLateIsGivenUpInTime() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (Upstream kong =
        new Upstream(
            exchange -> {
              exchange.sendResponseHeaders(200, 0);
              exchange.getResponseBody().write(OK);
              exchange.getResponseBody().flush();
              // The head is there; the body's end never comes.
              awaitQuietly(never);
            })) {
      Gateway gateway = gateway(kong.url());
      long start = System.nanoTime();
      assertThatThrownBy(
              () -> gateway.send(GatewayRequest.get("/logto").within(Duration.ofMillis(300))))
          .isInstanceOfSatisfying(
              GatewayException.class,
              e -> assertThat(e.reason()).isEqualTo(GatewayException.Reason.TIMEOUT));
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
      never.countDown();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anAnswerAboveTheLimitIsNotRead(boolean announced) throws Exception {
    byte[] large = new byte[2_000];
    try (Upstream kong =
        new Upstream(
            exchange -> {
              exchange.sendResponseHeaders(200, announced ? large.length : 0);
              exchange.getResponseBody().write(large);
              exchange.close();
            })) {
      GatewayConfig config = new GatewayConfig(kong.url());
      GatewayRequest request = GatewayRequest.get("/logto");
      assertThatThrownBy(() -> gateway(config).send(request.upTo(1_999)))
          .isInstanceOfSatisfying(
              GatewayException.class,
              e -> assertThat(e.reason()).isEqualTo(GatewayException.Reason.TOO_LARGE));
      assertThat(gateway(config).send(request.upTo(2_000)).body()).hasSize(2_000);
      GatewayConfig small =
          new GatewayConfig(kong.url(), Duration.ofSeconds(2), 1_999, 1, Duration.ZERO, "/a", "/b");
      assertThatThrownBy(() -> gateway(small).send(request)).isInstanceOf(GatewayException.class);
      assertThat(gateway(small).send(request.upTo(2_000)).body()).hasSize(2_000);
    }
  }

  @Test
  void anUpstreamThatFailsIsLeftAloneForAMomentAndTheOthersAreNot() throws Exception {
    AtomicInteger status = new AtomicInteger(503);
    try (Upstream kong =
        new Upstream(
            exchange ->
                Upstream.answer(
                    exchange,
                    exchange.getRequestURI().getPath().startsWith("/logto") ? status.get() : 200,
                    OK))) {
      Gateway gateway = gateway(kong.url());
      GatewayRequest request = GatewayRequest.post("/logto", "text/plain", OK);
      for (int i = 0; i < Circuit.FAILURES; i++) {
        assertThat(gateway.send(request).status()).isEqualTo(503);
      }
      assertThatThrownBy(() -> gateway.send(request))
          .isInstanceOfSatisfying(
              GatewayException.class,
              e -> assertThat(e.reason()).isEqualTo(GatewayException.Reason.CIRCUIT_OPEN));
      assertThat(kong.asked()).hasSize(Circuit.FAILURES);
      assertThat(
              meters.get("platform.gateway.circuit.open").tag("upstream", "logto").gauge().value())
          .isEqualTo(1);
      assertThat(gateway.send(GatewayRequest.get("/litellm")).status()).isEqualTo(200);
      status.set(200);
      await("the circuit to close")
          .atMost(Duration.ofSeconds(5))
          .ignoreExceptions()
          .until(() -> gateway.send(request).status() == 200);
      assertThat(
              meters.get("platform.gateway.circuit.open").tag("upstream", "logto").gauge().value())
          .isZero();
    }
  }

  @Test
  void anOpenCircuitLetsOneRequestTryAtATime() {
    Circuit circuit = new Circuit();
    for (int i = 0; i < Circuit.FAILURES; i++) {
      assertThat(circuit.passes(0)).isTrue();
      circuit.failed(0);
    }
    long later = Circuit.PAUSE.toNanos();
    assertThat(circuit.passes(later - 1)).isFalse();
    assertThat(circuit.passes(later)).isTrue();
    assertThat(circuit.passes(later)).isFalse();
    circuit.failed(later);
    assertThat(circuit.passes(later + 1)).isFalse();
    assertThat(circuit.passes(2 * later)).isTrue();
    circuit.succeeded();
    assertThat(circuit.passes(2 * later)).isTrue();
  }

  @Test
  void noSecretIsInALogAnExceptionOrATextOfARequest() throws Exception {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Level before = root.getLevel();
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    root.addAppender(log);
    root.setLevel(Level.DEBUG);
    try (Upstream kong =
        new Upstream(
            exchange ->
                Upstream.answer(exchange, 503, "s3cret".getBytes(StandardCharsets.UTF_8)))) {
      GatewayRequest request =
          GatewayRequest.post(
                  "/logto/oidc/token?code=s3cret",
                  "text/plain",
                  "s3cret".getBytes(StandardCharsets.UTF_8))
              .with("Authorization", "Basic s3cret");
      Gateway gateway = gateway(kong.url());
      for (int i = 0; i < Circuit.FAILURES; i++) {
        assertThat(gateway.send(request)).asString().doesNotContain("s3cret");
      }
      assertThatThrownBy(() -> gateway.send(request))
          .isInstanceOf(GatewayException.class)
          .hasMessageNotContaining("s3cret");
      assertThat(request).asString().isEqualTo("POST /logto/oidc/token");
      assertThat(log.list).isNotEmpty();
      assertThat(log.list)
          .extracting(ILoggingEvent::getFormattedMessage)
          .noneMatch(line -> line.contains("s3cret"));
    } finally {
      root.setLevel(before);
      root.detachAppender(log);
    }
  }

  @Test
  void nobodyThereIsToldAsSuch() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    Gateway gateway = gateway(URI.create("http://127.0.0.1:" + free));
    assertThatThrownBy(() -> gateway.send(GatewayRequest.get("/logto")))
        .isInstanceOfSatisfying(
            GatewayException.class,
            e -> assertThat(e.reason()).isEqualTo(GatewayException.Reason.NO_ANSWER));
    assertThat(meters.get("platform.gateway.retries").counter().count()).isEqualTo(2);
  }

  @Test
  void requestsGoThroughTheRouteAndOnlyWhileItRuns() throws Exception {
    try (Upstream kong = new Upstream(exchange -> Upstream.answer(exchange, 200, OK));
        DefaultCamelContext camel = new DefaultCamelContext()) {
      GatewayFlow flow =
          new GatewayFlow(new GatewayConfig(kong.url()), UpstreamCredentials.NONE, meters);
      camel.addRoutes(flow.route());
      Gateway gateway = flow.through(camel.createProducerTemplate());
      GatewayRequest request = GatewayRequest.get("/logto");
      assertNotRunning(gateway, request);
      camel.start();
      assertThat(gateway.send(request).text()).isEqualTo("ok");
      assertThatThrownBy(() -> gateway.send(GatewayRequest.get("//evil.example")))
          .isInstanceOf(IllegalArgumentException.class);
      camel.stop();
      assertNotRunning(gateway, request);
      assertThat(kong.asked()).isEqualTo(List.of("GET /logto"));
    }
  }

  private static void assertNotRunning(Gateway gateway, GatewayRequest request) {
    assertThatThrownBy(() -> gateway.send(request))
        .isInstanceOfSatisfying(
            GatewayException.class,
            e -> assertThat(e.reason()).isEqualTo(GatewayException.Reason.NOT_RUNNING));
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Gateway gateway(URI kong) {
    return gateway(new GatewayConfig(kong));
  }

  private Gateway gateway(GatewayConfig config) {
    return new KongGateway(config, meters);
  }
}
