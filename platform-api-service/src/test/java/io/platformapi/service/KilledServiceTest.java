package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.platformapi.service.testing.Amounts;
import io.platformapi.service.testing.DeadLetters;
import io.platformapi.service.testing.GeneratedTraffic;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformProcess;
import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.RealServers;
import io.platformapi.service.testing.TopicWriter;
import io.platformapi.service.usage.LedgerChecks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * A real process, killed with SIGKILL at random points while it reads events, loses none and
 * doubles none: 3 kills in 20,000 events here, as many as {@code -Dkills=20 -Devents=200000} say
 * elsewhere; {@code -Dseed=} replays a choice of events and points.
 */
class KilledServiceTest {
  private static final int KILLS = Integer.getInteger("kills", 3);
  private static final int EVENTS = Integer.getInteger("events", 20_000);
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final List<String> TENANTS = List.of("alpha", "beta", "gamma", "delta", "epsilon");

  @Test
  void killedAtRandomPointsItLosesNothingAndDoublesNothing() throws Exception {
    Random random = new Random(SEED);
    PlatformSettings settings = PlatformSettings.create().with("KAFKA_MAX_POLL_RECORDS", "500");
    GeneratedTraffic traffic =
        new GeneratedTraffic(SEED, EVENTS, TENANTS, Instant.parse("2026-11-30T23:50:00Z"));
    Map<String, Amounts> expected = traffic.expected();

    try (PlatformProcess process = new PlatformProcess(settings);
        DeadLetters deadLetters = new DeadLetters(settings.deadTopic())) {
      process.start();
      PlatformClient client =
          new PlatformClient(
              process.url(),
              RealServers.issuer().resourceToken("kill-test", PlatformUnderTest.ALL_SCOPES));
      TENANTS.forEach(client::createTenant);
      List<GeneratedTraffic.Event> events = new ArrayList<>();
      traffic.forEach(events::add);

      for (int kill = 1; kill <= KILLS; kill++) {
        int from = (int) ((long) EVENTS * (kill - 1) / KILLS);
        int to = (int) ((long) EVENTS * kill / KILLS);
        publish(events.subList(from, to), settings.usageTopic(), random);
        long target = from + random.nextInt(to - from);
        await("a point to kill at, with -Dseed=" + SEED)
            .atMost(Duration.ofMinutes(2))
            .pollInterval(Duration.ofMillis(1 + random.nextInt(20)))
            .until(() -> calls(usage(client)) >= target);
        process.kill();
        process.start();
      }

      await("all events to be in the ledgers, with -Dseed=" + SEED)
          .atMost(Duration.ofMinutes(3))
          .untilAsserted(() -> assertThat(usage(client)).isEqualTo(expected));
      assertThat(deadLetters.now()).as("-Dseed=%d", SEED).isEmpty();
    }
    assertThat(LedgerChecks.findings(settings)).as("-Dseed=%d", SEED).isEmpty();
  }

  private static void publish(List<GeneratedTraffic.Event> events, String topic, Random random) {
    try (TopicWriter writer = new TopicWriter(topic)) {
      events.forEach(
          event -> {
            writer.send(event.tenant(), event.value());
            if (random.nextInt(20) == 0) {
              writer.send(event.tenant(), event.value());
            }
          });
    }
  }

  private static long calls(Map<String, Amounts> usage) {
    return usage.values().stream()
        .mapToLong(amounts -> amounts.succeeded() + amounts.failed() + amounts.cached())
        .sum();
  }

  private static Map<String, Amounts> usage(PlatformClient client) {
    return TENANTS.stream()
        .collect(
            Collectors.toMap(
                tenant -> tenant,
                tenant ->
                    Amounts.of(
                        client
                            .forTenant(tenant)
                            .get("/v1/quotas/usage?window=lifetime")
                            .mustBe(200)
                            .json()
                            .at("/items/0/usage")),
                Amounts::plus,
                TreeMap::new));
  }
}
