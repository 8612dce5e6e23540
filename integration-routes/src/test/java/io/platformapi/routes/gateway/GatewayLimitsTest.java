package io.platformapi.routes.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.Headers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.routes.gateway.GatewayException.Reason;
import io.platformapi.routes.port.UpstreamCredentials;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How much is asked of an upstream, how soon again, and with what. */
@Timeout(30)
class GatewayLimitsTest {
  private static final byte[] OK = "ok".getBytes(UTF_8);
  private static final GatewayRequest GET = GatewayRequest.get("/litellm/team/info");

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ExecutorService callers = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    callers.shutdownNow();
  }

  @Test
  void moreCallsAtOnceThanAnUpstreamMayGetAreRefusedAndOtherUpstreamsAreNot() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger atOnce = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    try (Upstream kong =
        new Upstream(
            exchange -> {
              if (exchange.getRequestURI().getPath().startsWith("/litellm")) {
                most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
                awaitQuietly(go);
                atOnce.decrementAndGet();
              }
              Upstream.answer(exchange, 200, OK);
            })) {
      Gateway gateway = gateway(kong.url(), 2, Duration.ofMillis(50));
      List<Future<GatewayResponse>> held =
          List.of(callers.submit(() -> gateway.send(GET)), callers.submit(() -> gateway.send(GET)));
      await("both calls to be under way").until(() -> atOnce.get() == 2);
      assertThat(gauge("platform.gateway.in.flight")).isEqualTo(2);

      GatewayException refused =
          catchThrowableOfType(GatewayException.class, () -> gateway.send(GET));
      assertThat(refused.reason()).isEqualTo(Reason.BULKHEAD_FULL);
      assertThat(
              meters
                  .get("platform.gateway.requests")
                  .tags("upstream", "litellm", "outcome", "bulkhead_full")
                  .timer()
                  .count())
          .isOne();
      assertThat(gateway.send(GatewayRequest.get("/logto")).status()).isEqualTo(200);
      go.countDown();
      for (Future<GatewayResponse> call : held) {
        assertThat(call.get().status()).isEqualTo(200);
      }
      assertThat(most).hasValue(2);
      // A refusal says nothing of the upstream: its circuit stays closed.
      assertThat(gauge("platform.gateway.circuit.open")).isZero();
      assertThat(gauge("platform.gateway.in.flight")).isZero();
    }
  }

  @Test
  void whoWaitsShortlyGetsItsTurn() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (Upstream kong =
        new Upstream(
            exchange -> {
              awaitQuietly(go);
              Upstream.answer(exchange, 200, OK);
            })) {
      Gateway gateway = gateway(kong.url(), 1, Duration.ofSeconds(20));
      Future<GatewayResponse> first = callers.submit(() -> gateway.send(GET));
      await("the first to be under way").until(() -> kong.asked().size() == 1);
      Future<GatewayResponse> second = callers.submit(() -> gateway.send(GET));
      await("the second to wait").until(() -> gauge("platform.gateway.waiting") == 1);
      go.countDown();
      assertThat(first.get().status()).isEqualTo(200);
      assertThat(second.get().status()).isEqualTo(200);
    }
  }

  @Test
  void waitingForATurnCountsAsTimeOfTheCall() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (Upstream kong =
        new Upstream(
            exchange -> {
              awaitQuietly(go);
              Upstream.answer(exchange, 200, OK);
            })) {
      Gateway gateway = gateway(kong.url(), 1, Duration.ofSeconds(20));
      Future<GatewayResponse> first = callers.submit(() -> gateway.send(GET));
      await("the first to be under way").until(() -> kong.asked().size() == 1);
      long start = System.nanoTime();
      assertThatThrownBy(() -> gateway.send(GET.within(Duration.ofMillis(100))))
          .isInstanceOf(GatewayException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
      go.countDown();
      first.get();
    }
  }

  @Test
  void whoIsToldToStopWhileWaitingStops() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (Upstream kong =
        new Upstream(
            exchange -> {
              awaitQuietly(go);
              Upstream.answer(exchange, 200, OK);
            })) {
      Gateway gateway = gateway(kong.url(), 1, Duration.ofSeconds(20));
      CompletableFuture<Reason> waiting = new CompletableFuture<>();
      CompletableFuture<Reason> calling = new CompletableFuture<>();
      Thread caller = new Thread(() -> calling.complete(reasonAndFlag(gateway)));
      caller.start();
      await("a call to be under way").until(() -> kong.asked().size() == 1);
      Thread waiter = new Thread(() -> waiting.complete(reasonAndFlag(gateway)));
      waiter.start();
      await("another to wait").until(() -> gauge("platform.gateway.waiting") == 1);
      waiter.interrupt();
      assertThat(waiting.get()).isEqualTo(Reason.INTERRUPTED);
      caller.interrupt();
      assertThat(calling.get()).isEqualTo(Reason.INTERRUPTED);
      await("the place to be free").until(() -> gauge("platform.gateway.in.flight") == 0);
      go.countDown();
      assertThat(gateway.send(GET).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource({"GET, 429, 1, 2", "GET, 503, 1, 2", "POST, 429, 1, 1", "POST, 503, 1, 1"})
  void anUpstreamIsAskedAgainNoSoonerThanItWants(String method, int status, String after, int calls)
      throws Exception {
    AtomicInteger count = new AtomicInteger();
    try (Upstream kong =
        new Upstream(
            exchange -> {
              exchange.getResponseHeaders().set("Retry-After", after);
              Upstream.answer(exchange, count.incrementAndGet() == 1 ? status : 200, OK);
            })) {
      GatewayRequest request =
          method.equals("GET") ? GET : GatewayRequest.post("/litellm", "text/plain", OK);
      long start = System.nanoTime();
      int answered = gateway(kong.url()).send(request.within(Duration.ofSeconds(10))).status();
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      assertThat(kong.asked()).hasSize(calls);
      if (calls == 2) {
        assertThat(answered).isEqualTo(200);
        assertThat(took).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
      } else {
        assertThat(answered).isEqualTo(status);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 503})
  void whatWouldTakeTooLongIsAnsweredAtOnce(int status) throws Exception {
    try (Upstream kong =
        new Upstream(
            exchange -> {
              exchange.getResponseHeaders().set("Retry-After", "60");
              Upstream.answer(exchange, status, OK);
            })) {
      long start = System.nanoTime();
      assertThat(gateway(kong.url()).send(GET).status()).isEqualTo(status);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
      assertThat(kong.asked()).hasSize(1);
    }
  }

  @Test
  void tooManyRequestsWithoutAWordOfWhenIsAnAnswer() throws Exception {
    try (Upstream kong = new Upstream(exchange -> Upstream.answer(exchange, 429, OK))) {
      assertThat(gateway(kong.url()).send(GET).status()).isEqualTo(429);
      assertThat(kong.asked()).hasSize(1);
      assertThat(gauge("platform.gateway.circuit.open")).isZero();
    }
  }

  @Test
  void retryAfterIsSecondsOrADateAndAnythingElseIsIgnored() {
    Instant now = Instant.parse("2026-11-23T10:00:00Z");
    Backoff backoff = new Backoff(Clock.fixed(now, ZoneOffset.UTC));
    assertPause(backoff, "7", 7_000);
    assertPause(backoff, " 7 ", 7_000);
    assertPause(backoff, "0", 0);
    assertPause(backoff, date(now.plusSeconds(90)), 90_000);
    assertPause(backoff, date(now.minusSeconds(90)), 0);
    for (String nonsense : List.of("", "-5", "1.5", "soon", "99999999999999999999", "١")) {
      assertThat(backoff.worthAnother(answer(429, nonsense))).as(nonsense).isFalse();
      assertThat(backoff.pause(1, answer(503, nonsense))).isLessThan(Duration.ofMillis(101));
    }
    // Only these two statuses say when to come again.
    assertThat(backoff.pause(1, answer(502, "7"))).isLessThan(Duration.ofMillis(101));
  }

  @Test
  void eachUpstreamGetsItsOwnCredentialAndARequestsOwnWins() throws Exception {
    AtomicReference<Headers> seen = new AtomicReference<>();
    UpstreamCredentials credentials =
        upstream ->
            switch (upstream) {
              case "litellm" -> Map.of("Authorization", "Bearer litellm-key");
              case "kong-admin" -> Map.of("Kong-Admin-Token", "admin-token");
              default -> Map.of();
            };
    try (Upstream kong =
        new Upstream(
            exchange -> {
              seen.set(exchange.getRequestHeaders());
              Upstream.answer(exchange, 200, OK);
            })) {
      Gateway gateway = new KongGateway(new GatewayConfig(kong.url()), credentials, meters);
      GatewayResponse answer = gateway.send(GET);
      assertThat(seen.get().get("Authorization")).containsExactly("Bearer litellm-key");
      assertThat(answer).asString().doesNotContain("litellm-key");
      gateway.send(GatewayRequest.get("/kong-admin/consumers"));
      assertThat(seen.get().get("Kong-Admin-Token")).containsExactly("admin-token");
      assertThat(seen.get()).doesNotContainKey("Authorization");
      gateway.send(GatewayRequest.get("/logto"));
      assertThat(seen.get()).doesNotContainKeys("Authorization", "Kong-admin-token");
      gateway.send(GET.with("authorization", "Bearer own"));
      assertThat(seen.get().get("Authorization")).containsExactly("Bearer own");
    }
  }

  private static void assertPause(Backoff backoff, String retryAfter, long millis) {
    for (int status : new int[] {429, 503}) {
      GatewayResponse answer = answer(status, retryAfter);
      assertThat(backoff.worthAnother(answer)).isTrue();
      assertThat(backoff.pause(1, answer).toMillis()).isBetween(millis + 50, millis + 100);
    }
  }

  private static GatewayResponse answer(int status, String retryAfter) {
    return new GatewayResponse(status, Map.of("retry-after", List.of(retryAfter)), OK);
  }

  private static String date(Instant time) {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(time.atOffset(ZoneOffset.UTC));
  }

  private static Reason reasonAndFlag(Gateway gateway) {
    try {
      gateway.send(GET);
      return null;
    } catch (GatewayException e) {
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
      return e.reason();
    }
  }

  private double gauge(String name) {
    return meters.get(name).tag("upstream", "litellm").gauge().value();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Gateway gateway(URI kong) {
    return new KongGateway(new GatewayConfig(kong), meters);
  }

  private Gateway gateway(URI kong, int maxConcurrent, Duration maxWait) {
    return new KongGateway(
        new GatewayConfig(kong, maxConcurrent, maxWait, "/litellm", "/kong-admin"), meters);
  }
}
