package io.platformapi.routes.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every outbound call goes through: address, correlation, timeout, retry, circuit, meters.
 * Nothing of headers, bodies or queries is ever logged.
 */
public final class KongGateway implements Gateway {
  private static final Logger LOG = LoggerFactory.getLogger(KongGateway.class);
  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");
  // What Kong answers for an upstream that it cannot reach.
  private static final Set<Integer> AWAY = Set.of(502, 503, 504);
  private static final int ATTEMPTS = 3;
  private static final long FIRST_PAUSE_MS = 100;
  private static final String REQUEST_ID = "X-Request-Id";
  private static final String TRACEPARENT = "traceparent";

  private final KongAddress address;
  private final HttpSender sender;
  private final GatewayMeters meters;
  private final Map<String, Circuit> circuits = new ConcurrentHashMap<>();

  public KongGateway(GatewayConfig config, MeterRegistry registry) {
    this.address = new KongAddress(config.url());
    this.sender = new HttpSender(config.connectTimeout(), config.maxResponseBytes());
    this.meters = new GatewayMeters(registry);
  }

  @Override
  public GatewayResponse send(GatewayRequest request) {
    URI url = address.of(request.path());
    String upstream = KongAddress.upstream(request.path());
    GatewayRequest correlated = correlated(request);
    long start = System.nanoTime();
    String outcome = "refused";
    try {
      GatewayResponse response = attempts(url, upstream, correlated, start);
      outcome = response.status() / 100 + "xx";
      return response;
    } catch (GatewayException e) {
      outcome = e.reason().name().toLowerCase(Locale.ROOT);
      LOG.info("{} failed: {}", request, e.getMessage());
      throw e;
    } finally {
      meters.called(
          upstream, request.method(), outcome, Duration.ofNanos(System.nanoTime() - start));
    }
  }

  private GatewayResponse attempts(URI url, String upstream, GatewayRequest request, long start) {
    Circuit circuit = circuits.computeIfAbsent(upstream, this::newCircuit);
    int attempts = SAFE.contains(request.method()) ? ATTEMPTS : 1;
    for (int attempt = 1; ; attempt++) {
      Duration left = request.timeout().minusNanos(System.nanoTime() - start);
      boolean last = attempt == attempts;
      try {
        GatewayResponse response = attempt(circuit, url, upstream, request, left);
        if (last || !AWAY.contains(response.status()) || !pause(attempt, request, start)) {
          return response;
        }
      } catch (GatewayException e) {
        if (last
            || e.reason() != GatewayException.Reason.NO_ANSWER
            || !pause(attempt, request, start)) {
          throw e;
        }
      }
      meters.retried(upstream);
    }
  }

  private GatewayResponse attempt(
      Circuit circuit, URI url, String upstream, GatewayRequest request, Duration left) {
    if (!circuit.passes(System.nanoTime())) {
      throw new GatewayException(
          GatewayException.Reason.CIRCUIT_OPEN, upstream + " behind Kong failed moments ago", null);
    }
    boolean away = false;
    try {
      GatewayResponse response = sender.send(url, request, left);
      away = AWAY.contains(response.status());
      return response;
    } catch (GatewayException e) {
      away = e.reason() != GatewayException.Reason.TOO_LARGE;
      throw e;
    } finally {
      if (away) {
        circuit.failed(System.nanoTime());
      } else {
        circuit.succeeded();
      }
    }
  }

  /** Waits before the next attempt; false when there is no time for one. */
  private static boolean pause(int attempt, GatewayRequest request, long start) {
    long longest = FIRST_PAUSE_MS << attempt - 1;
    long pause = ThreadLocalRandom.current().nextLong(longest / 2, longest + 1);
    long left = request.timeout().minusNanos(System.nanoTime() - start).toMillis();
    if (left <= pause || Thread.currentThread().isInterrupted()) {
      return false;
    }
    try {
      Thread.sleep(pause);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static GatewayRequest correlated(GatewayRequest request) {
    String id = request.requestId() == null ? UUID.randomUUID().toString() : request.requestId();
    String trace = request.traceparent() == null ? newTrace() : request.traceparent();
    return request.with(REQUEST_ID, id).with(TRACEPARENT, trace);
  }

  /** A trace of our own that nobody samples (W3C Trace Context, section 3.2). */
  private static String newTrace() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return String.format(
        "00-%016x%016x-%016x-00",
        random.nextLong(), random.nextLong(1, Long.MAX_VALUE), random.nextLong(1, Long.MAX_VALUE));
  }

  private Circuit newCircuit(String upstream) {
    Circuit circuit = new Circuit();
    meters.circuit(upstream, circuit);
    return circuit;
  }
}
