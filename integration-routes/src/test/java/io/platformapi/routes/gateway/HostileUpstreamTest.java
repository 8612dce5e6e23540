package io.platformapi.routes.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.routes.gateway.GatewayException.Reason;
import io.platformapi.routes.port.UpstreamCredentials;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What lies behind Kong may answer anything; the caller gets a reason, in time. */
@Timeout(30)
class HostileUpstreamTest {
  private static final GatewayRequest GET = GatewayRequest.get("/litellm/spend");
  private static final GatewayRequest POST =
      GatewayRequest.post("/litellm/spend", "text/plain", "x".getBytes(US_ASCII));

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @Test
  void aBodyThatDripsIsGivenUpAtTheDeadlineAndNotTriedAgain() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (RawUpstream kong =
        new RawUpstream(
            out -> {
              out.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n".getBytes(US_ASCII));
              // Every byte comes well within any idle timeout.
              do {
                out.write('x');
                out.flush();
              } while (!never.await(20, TimeUnit.MILLISECONDS));
            })) {
      long start = System.nanoTime();
      assertThat(reason(kong.url(), GET.within(Duration.ofMillis(400)))).isEqualTo(Reason.TIMEOUT);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
      assertThat(kong.asked()).isOne();
      never.countDown();
    }
  }

  @Test
  void headersThatDripAreGivenUpAtTheDeadline() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (RawUpstream kong =
        new RawUpstream(
            out -> {
              out.write("HTTP/1.1 200 OK\r\n".getBytes(US_ASCII));
              int number = 0;
              do {
                out.write(("X-" + number++ + ": y\r\n").getBytes(US_ASCII));
                out.flush();
              } while (!never.await(20, TimeUnit.MILLISECONDS));
            })) {
      assertThat(reason(kong.url(), GET.within(Duration.ofMillis(400)))).isEqualTo(Reason.TIMEOUT);
      never.countDown();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 2",
        "SSH-2.0-OpenSSH_9.2\r\n",
        ""
      })
  void halfAnAnswerIsNoneAndOnlyASafeMethodIsTriedAgain(String bytes) throws Exception {
    try (RawUpstream kong = new RawUpstream(out -> out.write(bytes.getBytes(US_ASCII)))) {
      assertThat(reason(kong.url(), GET)).isEqualTo(Reason.NO_ANSWER);
      // The JDK's client itself asks twice on a connection that gave nothing at all.
      assertThat(kong.asked()).isEqualTo((bytes.isEmpty() ? 2 : 1) * Backoff.ATTEMPTS);
    }
    try (RawUpstream kong = new RawUpstream(out -> out.write(bytes.getBytes(US_ASCII)))) {
      assertThat(reason(kong.url(), POST)).isEqualTo(Reason.NO_ANSWER);
      assertThat(kong.asked()).isOne();
    }
  }

  @Test
  void anEndlessAnswerIsCutAtTheLimit() throws Exception {
    byte[] chunk = new byte[64 << 10];
    try (RawUpstream kong =
        new RawUpstream(
            out -> {
              out.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
              // Ends when the other side has hung up.
              while (true) {
                out.write(chunk);
              }
            })) {
      assertThat(reason(kong.url(), GET.upTo(1 << 20))).isEqualTo(Reason.TOO_LARGE);
      assertThat(kong.asked()).isOne();
    }
  }

  @ParameterizedTest
  @CsvSource({"301", "302", "303", "307", "308"})
  void aRedirectToAnotherHostTakesNoCredentialThere(int status) throws Exception {
    try (Upstream elsewhere =
            new Upstream(exchange -> Upstream.answer(exchange, 200, new byte[0]));
        Upstream kong =
            new Upstream(
                exchange -> {
                  exchange.getResponseHeaders().set("Location", elsewhere.url() + "/litellm");
                  Upstream.answer(exchange, status, new byte[0]);
                })) {
      Gateway gateway = gateway(kong.url(), Map.of("Authorization", "Bearer s3cret"));
      assertThat(gateway.send(GET).status()).isEqualTo(status);
      assertThat(gateway.send(POST).status()).isEqualTo(status);
      assertThat(elsewhere.asked()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer s3cret\r\nX-Admin: true",
        "Bearer s3cret\nX-Admin: true",
        "s3cret\0",
        "s3cret\u2028",
        "s3cret\u010a"
      })
  void aHeaderThatWouldBecomeTwoIsNotSentAndNotQuoted(String value) throws Exception {
    try (Upstream kong = new Upstream(exchange -> Upstream.answer(exchange, 200, new byte[0]))) {
      Gateway plain = gateway(kong.url(), Map.of());
      Gateway configured = gateway(kong.url(), Map.of("Authorization", value));
      assertRefused(() -> plain.send(GET.with("Authorization", value)));
      assertRefused(() -> plain.send(GET.with("X-" + value, "y")));
      assertRefused(() -> plain.send(GET.onBehalfOf(value, null)));
      assertRefused(() -> plain.send(GET.onBehalfOf(null, value)));
      assertRefused(() -> configured.send(GET));
      assertThat(kong.asked()).isEmpty();
      assertThat(plain.send(GET).status()).isEqualTo(200);
    }
  }

  @Test
  void theHostCannotBeNamedByAHeader() throws Exception {
    try (Upstream kong = new Upstream(exchange -> Upstream.answer(exchange, 200, new byte[0]))) {
      Gateway gateway = gateway(kong.url(), Map.of());
      assertThatThrownBy(() -> gateway.send(GET.with("Host", "evil.example")))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(kong.asked()).isEmpty();
    }
  }

  @Test
  void aTimeThatIsOverIsATimeoutWithoutACall() throws Exception {
    try (Upstream kong = new Upstream(exchange -> Upstream.answer(exchange, 200, new byte[0]))) {
      assertThat(reason(kong.url(), GET.within(Duration.ZERO))).isEqualTo(Reason.TIMEOUT);
      assertThat(kong.asked()).isEmpty();
    }
  }

  private static void assertRefused(Runnable sending) {
    assertThatThrownBy(sending::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("s3cret")
        .hasNoCause();
  }

  private Reason reason(URI kong, GatewayRequest request) throws IOException {
    Gateway gateway = gateway(kong, Map.of());
    return catchThrowableOfType(GatewayException.class, () -> gateway.send(request)).reason();
  }

  private Gateway gateway(URI kong, Map<String, String> credential) {
    UpstreamCredentials credentials =
        upstream -> upstream.equals("litellm") ? credential : Map.of();
    return new KongGateway(new GatewayConfig(kong), credentials, meters);
  }
}
