package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.testing.Amounts;
import io.platformapi.service.testing.DeadLetters;
import io.platformapi.service.testing.GatewayPost;
import io.platformapi.service.testing.GeneratedTraffic;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformProcess;
import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.RealServers;
import io.platformapi.service.testing.TopicWriter;
import io.platformapi.service.usage.LedgerChecks;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class GracefulStopTest {
  private static final int TERMINATED = 128 + 15;

  @Test
  @Timeout(value = 150, unit = TimeUnit.SECONDS)
  void stoppedUnderLoadItEndsInTimeAndLosesNothing() throws Exception {
    PlatformSettings settings = PlatformSettings.create().with("KAFKA_MAX_POLL_RECORDS", "200");
    List<GeneratedTraffic.Event> events = traffic(1, 10_000);
    try (PlatformProcess process = new PlatformProcess(settings);
        DeadLetters deadLetters = new DeadLetters(settings.deadTopic())) {
      process.start();
      PlatformClient client =
          new PlatformClient(
              process.url(),
              RealServers.issuer().resourceToken("stop-test", PlatformUnderTest.ALL_SCOPES));
      client.createTenant("acme");
      publish(events, settings.usageTopic());
      Load load = new Load(client);
      await("the first events").until(() -> requests(client) > 0);

      long began = System.nanoTime();
      int exitCode = process.terminate();
      Duration took = Duration.ofNanos(System.nanoTime() - began);
      List<GeneratedTraffic.Event> acknowledged = load.stop();

      assertThat(took).isLessThan(Duration.ofSeconds(30));
      assertThat(exitCode).isIn(0, TERMINATED);
      assertThat(acknowledged).isNotEmpty();

      process.start();
      Amounts expected = Amounts.NONE;
      for (GeneratedTraffic.Event event : events) {
        expected = expected.plus(event.amounts());
      }
      for (GeneratedTraffic.Event event : acknowledged) {
        expected = expected.plus(event.amounts());
      }
      Amounts all = expected;
      load.unanswered()
          .forEach(
              body ->
                  client
                      .with("Authorization", "Bearer " + PlatformSettings.INGEST_TOKEN)
                      .post("/v1/ingest/litellm", GatewayPost.ndjson(body))
                      .mustBe(202));
      Amounts sentAgain =
          load.unanswered().stream()
              .flatMap(List::stream)
              .map(GeneratedTraffic.Event::amounts)
              .reduce(all, Amounts::plus);
      await("every event to be in the ledger")
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(Amounts.of(usage(client))).isEqualTo(sentAgain));
      assertThat(deadLetters.now()).isEmpty();
    }
    assertThat(LedgerChecks.findings(settings)).isEmpty();
  }

  private static JsonNode usage(PlatformClient client) {
    return client
        .forTenant("acme")
        .get("/v1/quotas/usage?window=lifetime")
        .mustBe(200)
        .json()
        .at("/items/0/usage");
  }

  private static long requests(PlatformClient client) {
    return usage(client).get("requests").longValue();
  }

  private static void publish(List<GeneratedTraffic.Event> events, String topic) {
    try (TopicWriter writer = new TopicWriter(topic)) {
      events.forEach(event -> writer.send(event.tenant(), event.value()));
    }
  }

  private static List<GeneratedTraffic.Event> traffic(long seed, int count) {
    List<GeneratedTraffic.Event> events = new ArrayList<>();
    new GeneratedTraffic(seed, count, List.of("acme"), Instant.parse("2026-11-23T10:00:00Z"))
        .forEach(events::add);
    return events;
  }

  /** Posts as the gateway does until told to stop, and remembers what was answered and what not. */
  private static final class Load {
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final List<GeneratedTraffic.Event> acknowledged = new ArrayList<>();
    private final List<List<GeneratedTraffic.Event>> unanswered = new ArrayList<>();
    private final CompletableFuture<Void> running;

    Load(PlatformClient client) {
      PlatformClient gateway =
          client.with("Authorization", "Bearer " + PlatformSettings.INGEST_TOKEN);
      running = CompletableFuture.runAsync(() -> post(gateway));
    }

    List<GeneratedTraffic.Event> stop() {
      stopped.set(true);
      running.join();
      return acknowledged;
    }

    List<List<GeneratedTraffic.Event>> unanswered() {
      return unanswered;
    }

    private void post(PlatformClient gateway) {
      for (long seed = 1000; !stopped.get() && unanswered.isEmpty(); seed++) {
        List<GeneratedTraffic.Event> events = traffic(seed, 20);
        try {
          Answer answer = gateway.post("/v1/ingest/litellm", GatewayPost.ndjson(events));
          if (answer.status() == 202) {
            acknowledged.addAll(events);
          } else {
            unanswered.add(events);
          }
        } catch (UncheckedIOException e) {
          unanswered.add(events);
        }
      }
    }
  }
}
