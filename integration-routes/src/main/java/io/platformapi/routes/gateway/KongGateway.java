package io.platformapi.routes.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import io.platformapi.routes.gateway.GatewayException.Reason;
import io.platformapi.routes.port.UpstreamCredentials;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every outbound call goes through: address, headers, bulkhead, circuit, timeout, retry,
 * meters. Nothing of headers, bodies or queries is ever logged.
 */
public final class KongGateway implements Gateway {
  private static final Logger LOG = LoggerFactory.getLogger(KongGateway.class);

  private final GatewayConfig config;
  private final KongAddress address;
  private final OutboundHeaders headers;
  private final HttpSender sender;
  private final Backoff backoff = new Backoff(Clock.systemUTC());
  private final GatewayMeters meters;
  private final Map<String, UpstreamGuard> guards = new ConcurrentHashMap<>();

  /** Without any credential of ours. */
  public KongGateway(GatewayConfig config, MeterRegistry registry) {
    this(config, UpstreamCredentials.NONE, registry);
  }

  public KongGateway(
      GatewayConfig config, UpstreamCredentials credentials, MeterRegistry registry) {
    this.config = config;
    this.address = new KongAddress(config.url());
    this.headers = new OutboundHeaders(credentials);
    this.sender = new HttpSender(config.connectTimeout(), config.maxResponseBytes());
    this.meters = new GatewayMeters(registry);
  }

  @Override
  public GatewayResponse send(GatewayRequest request) {
    URI url = address.of(request.path());
    String upstream = KongAddress.upstream(request.path());
    GatewayRequest whole = headers.on(request, upstream);
    long start = System.nanoTime();
    String outcome = "refused";
    try {
      GatewayResponse response = attempts(url, upstream, whole, start);
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
    UpstreamGuard guard = guards.computeIfAbsent(upstream, this::newGuard);
    int attempts = backoff.attempts(request.method());
    for (int attempt = 1; ; attempt++) {
      boolean last = attempt == attempts;
      GatewayResponse response = null;
      try {
        response = attempt(guard, url, request, start);
        if (last || !backoff.worthAnother(response)) {
          return response;
        }
      } catch (GatewayException e) {
        if (last
            || e.reason() != Reason.NO_ANSWER
            || !pause(backoff.pause(attempt, null), request, start)) {
          throw e;
        }
      }
      if (response != null && !pause(backoff.pause(attempt, response), request, start)) {
        return response;
      }
      meters.retried(upstream);
    }
  }

  private GatewayResponse attempt(
      UpstreamGuard guard, URI url, GatewayRequest request, long start) {
    return guard.attempt(
        left(request, start), () -> sender.send(url, request, left(request, start)));
  }

  /** Waits before the next attempt; false when there is no time for one. */
  private static boolean pause(Duration pause, GatewayRequest request, long start) {
    if (left(request, start).compareTo(pause) <= 0 || Thread.currentThread().isInterrupted()) {
      return false;
    }
    try {
      Thread.sleep(pause.toMillis());
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Duration left(GatewayRequest request, long start) {
    return request.timeout().minusNanos(System.nanoTime() - start);
  }

  private UpstreamGuard newGuard(String upstream) {
    UpstreamGuard guard = new UpstreamGuard(upstream, config);
    meters.watch(upstream, guard);
    return guard;
  }
}
