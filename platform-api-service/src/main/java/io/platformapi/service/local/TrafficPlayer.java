package io.platformapi.service.local;

import io.platformapi.service.concurrent.DaemonThreads;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Posts recorded LiteLLM traffic to the ingest endpoint, a few calls a second, round and round. */
final class TrafficPlayer {
  private static final Logger log = LoggerFactory.getLogger(TrafficPlayer.class);
  private static final int CALLS_PER_POST = 10;
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final RecordedTraffic traffic;
  private final URI endpoint;
  private final String token;
  private final Clock clock;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(new DaemonThreads("traffic-player"));
  private int next;

  TrafficPlayer(RecordedTraffic traffic, URI endpoint, String token, Clock clock) {
    this.traffic = traffic;
    this.endpoint = endpoint;
    this.token = token;
    this.clock = clock;
  }

  void start() {
    executor.scheduleWithFixedDelay(this::post, 0, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Ends the playing; a post under way is given up. */
  void stop() {
    executor.shutdownNow();
  }

  private void post() {
    int to = Math.min(next + CALLS_PER_POST, traffic.size());
    HttpRequest request =
        HttpRequest.newBuilder(endpoint)
            .timeout(Duration.ofSeconds(20))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + token)
            .POST(HttpRequest.BodyPublishers.ofByteArray(traffic.body(next, to, clock.instant())))
            .build();
    try {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 202) {
        log.warn("recorded traffic was answered {}: {}", answer.statusCode(), answer.body());
      }
      next = to == traffic.size() ? 0 : to;
    } catch (IOException | RuntimeException e) {
      log.warn("recorded traffic could not be posted: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
