package io.platformapi.service.ingestion;

import static io.platformapi.service.ingestion.UsageTopics.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.platformapi.routes.IntegrationRoutes;
import io.platformapi.service.testing.RealServers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UsageIngestionTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final UsageTopics topics = new UsageTopics(RealServers.kafka());
  private final MemoryLedger ledger = new MemoryLedger();

  @AfterEach
  void stop() {
    topics.close();
  }

  @Test
  void everyEventHasItsEffectOnce() {
    topics.send("a", events("tenant-a", 0, 1_500));
    topics.send("b", events("tenant-b", 0, 1_500));
    topics.send("a", events("tenant-a", 0, 1_500));
    topics.start(ledger);

    await().atMost(PATIENCE).until(() -> topics.committed() == 4_500);
    assertThat(ledger.posted("tenant-a")).isEqualTo(1_500);
    assertThat(ledger.posted("tenant-b")).isEqualTo(1_500);
    assertThat(ledger.duplicates).hasValueGreaterThanOrEqualTo(1_500);
    assertThat(topics.read(topics.dead())).isEmpty();
  }

  @Test
  void whatCannotBePostedIsADeadLetterWithItsOriginAndBytesAndTheRestGoesOn() {
    ledger.poisonEndUser = "poison";
    topics.start(ledger);
    topics.send("a", events("tenant-a", 0, 100));
    topics.send("a", "{broken", event("nobody", 1), event("tenant-a", 1_000, "poison"));
    topics.send("a", events("tenant-a", 100, 100));

    await().atMost(PATIENCE).until(() -> topics.committed() == 203);
    assertThat(ledger.posted("tenant-a")).isEqualTo(200);
    List<ConsumerRecord<byte[], byte[]>> dead = topics.read(topics.dead());
    assertThat(dead)
        .extracting(letter -> header(letter, "reason"))
        .containsExactlyInAnyOrder("malformed_json", "unknown_tenant", "rejected_by_store");
    assertThat(dead)
        .allSatisfy(
            letter -> {
              assertThat(header(letter, "source-topic")).isEqualTo(topics.usage());
              assertThat(header(letter, "source-partition")).matches("[0-3]");
              assertThat(header(letter, "failed-at")).startsWith("20");
              assertThat(letter.key()).isEqualTo("a".getBytes(StandardCharsets.UTF_8));
            });
    assertThat(dead)
        .extracting(
            letter ->
                header(letter, "source-offset")
                    + new String(letter.value(), StandardCharsets.UTF_8))
        .containsExactlyInAnyOrder(
            "100{broken", "101" + event("nobody", 1), "102" + event("tenant-a", 1_000, "poison"));
  }

  @Test
  void nothingIsLostWhileTheStoreIsDown() {
    ledger.down = true;
    topics.start(ledger);
    topics.send("a", events("tenant-a", 0, 300));
    // More than the second that is tried in place: the batch is read again, several times.
    await().atMost(PATIENCE).until(() -> ledger.calls.get() > 12);
    assertThat(topics.committed()).isZero();
    ledger.down = false;

    await().atMost(PATIENCE).until(() -> topics.committed() == 300);
    assertThat(ledger.posted("tenant-a")).isEqualTo(300);
    assertThat(topics.read(topics.dead())).isEmpty();
    assertThat(topics.read(topics.retry())).isEmpty();
  }

  @Test
  void nothingIsLostWhileTheTenantDirectoryIsDown() {
    ledger.directoryDown = true;
    topics.start(ledger);
    topics.send("a", events("acme", 0, 50).clone());
    topics.send(
        "a", event("acme", 100).replace("\"endUser\"", "\"teamId\":\"team_acme\",\"endUser\""));
    await().during(Duration.ofSeconds(3)).atMost(PATIENCE).until(() -> topics.committed() <= 50);
    ledger.directoryDown = false;

    await().atMost(PATIENCE).until(() -> topics.committed() == 51);
    assertThat(ledger.posted("acme")).isEqualTo(51);
  }

  @Test
  void oneTenantDownHoldsUpNobodyAndLosesNothing() {
    ledger.tenantsDown.add("tenant-b");
    topics.start(ledger);
    for (int i = 0; i < 100; i++) {
      topics.send("k" + i % 8, event("tenant-a", i), event("tenant-b", i));
    }

    await().atMost(PATIENCE).until(() -> topics.committed() == 200);
    assertThat(ledger.posted("tenant-a")).isEqualTo(100);
    assertThat(ledger.posted("tenant-b")).isZero();
    ConsumerRecord<byte[], byte[]> retried = topics.read(topics.retry()).get(0);
    assertThat(header(retried, "attempt")).isEqualTo("1");
    assertThat(header(retried, "not-before")).matches("[0-9]+");
    assertThat(header(retried, "source-topic")).isEqualTo(topics.usage());
    await().atMost(PATIENCE).until(() -> maxAttempt() >= 3);
    ledger.tenantsDown.clear();

    await().atMost(PATIENCE).until(() -> ledger.posted("tenant-b") == 100);
    assertThat(topics.read(topics.dead())).isEmpty();
  }

  @Test
  void noOffsetMovesWhileDeadLettersCannotBeWritten() {
    IntegrationRoutes routes =
        topics.start(
            ledger, topics.config(RealServers.kafka().brokers(), topics.dead() + ".absent", 1));
    topics.send("a", event("tenant-a", 1), "{broken", event("tenant-a", 2));

    await().atMost(PATIENCE).until(() -> ledger.calls.get() >= 2);
    assertThat(topics.committed()).isZero();
    topics.stop(routes);
    topics.start(ledger);

    await().atMost(PATIENCE).until(() -> topics.committed() == 3);
    assertThat(ledger.posted("tenant-a")).isEqualTo(2);
    assertThat(topics.read(topics.dead())).hasSize(1);
  }

  @Test
  void nothingIsLostWhenConsumersComeAndGoUnderLoad() {
    IntegrationRoutes first = topics.start(ledger);
    int sent = 0;
    for (int round = 0; round < 6; round++) {
      for (int tenant = 0; tenant < 8; tenant++) {
        topics.send("tenant-" + tenant, events("tenant-" + tenant, round * 500, 500));
        sent += 500;
      }
      if (round == 1) {
        topics.start(ledger);
      }
      if (round == 3) {
        topics.stop(first);
      }
    }
    int all = sent;

    await().atMost(PATIENCE).until(() -> topics.committed() == all);
    for (int tenant = 0; tenant < 8; tenant++) {
      assertThat(ledger.posted("tenant-" + tenant)).isEqualTo(3_000);
    }
    assertThat(topics.read(topics.dead())).isEmpty();
  }

  @Test
  void aStopUnderLoadIsQuickAndTheNextStartGoesOn() {
    IntegrationRoutes routes = topics.start(ledger);
    for (int tenant = 0; tenant < 8; tenant++) {
      topics.send("tenant-" + tenant, events("tenant-" + tenant, 0, 2_000));
    }
    await().atMost(PATIENCE).until(() -> topics.committed() > 0);
    long begin = System.nanoTime();
    topics.stop(routes);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
    topics.start(ledger);

    await().atMost(PATIENCE).until(() -> topics.committed() == 16_000);
    assertThat(IntStream.range(0, 8).map(tenant -> ledger.posted("tenant-" + tenant)).sum())
        .isEqualTo(16_000);
  }

  @Test
  void theGatewaysNumbersReachTheTenantsStore() {
    topics.start(ledger);
    topics.send(
        "acme",
        "{\"eventId\":\"q1\",\"type\":\"quota.updated\",\"occurredAt\":\"2026-11-23T10:00:00Z\","
            + "\"tenantId\":\"acme\",\"payload\":{\"tenantId\":\"acme\",\"usage\":{},\"budget\":{}}}");

    await().atMost(PATIENCE).until(() -> ledger.snapshots("acme").size() == 1);
    assertThat(ledger.snapshots("acme").get(0).eventId()).isEqualTo("q1");
  }

  private int maxAttempt() {
    return topics.read(topics.retry()).stream()
        .mapToInt(retried -> Integer.parseInt(header(retried, "attempt")))
        .max()
        .orElse(0);
  }

  private static String[] events(String tenant, int from, int count) {
    return IntStream.range(from, from + count)
        .mapToObj(number -> event(tenant, number))
        .toArray(String[]::new);
  }

  private static String header(ConsumerRecord<?, ?> event, String name) {
    return new String(event.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}
