package io.platformapi.service.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.platformapi.routes.IntegrationRoutes;
import io.platformapi.routes.Ports;
import io.platformapi.routes.message.Invalidation;
import io.platformapi.routes.message.OutboxMessage;
import io.platformapi.routes.port.Outbox;
import io.platformapi.routes.support.PublishUnavailableException;
import io.platformapi.service.local.LocalPorts;
import io.platformapi.service.testing.RealServers;
import io.platformapi.service.testing.TcpProxy;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;

class RoutesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final UsageTopics topics = new UsageTopics(RealServers.kafka());
  private final MemoryLedger ledger = new MemoryLedger();

  @AfterEach
  void stop() {
    topics.close();
  }

  @Test
  void aPostedBodyReachesTheLedger() throws Exception {
    IntegrationRoutes routes = topics.start(ledger);
    String event =
        """
        {"litellm_call_id":"c","id":"i%d","status":"success","startTime":1795426212.5,
        "metadata":{"user_api_key_team_id":"team_acme"}}""";

    for (int i = 0; i < 3; i++) {
      routes.ingest(body("[" + event.formatted(i) + "," + event.formatted(0) + "]"), "r");
    }

    await().atMost(PATIENCE).until(() -> topics.committed() == 6);
    assertThat(ledger.posted("acme")).isEqualTo(3);
    assertThat(topics.meters.counter("platform.ingest.http.events", "outcome", "accepted").count())
        .isEqualTo(6);
    assertThat(topics.meters.counter("platform.ingest.events", "outcome", "posted").count())
        .isEqualTo(3);
  }

  @Test
  void withoutKafkaAndRedisTheRoutesStartAndStopAndABodyIsRefused() throws Exception {
    long begin = System.nanoTime();
    IntegrationRoutes routes =
        topics.start(
            ledger,
            topics.config("localhost:" + LocalPorts.free(), topics.dead(), LocalPorts.free()));
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));

    // All its events at once: each would wait for Kafka anew.
    String event = "{\"id\":\"x\"}\n";
    assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () ->
            assertThatThrownBy(() -> routes.ingest(body(event.repeat(100)), "r"))
                .isInstanceOf(PublishUnavailableException.class));
    routes.invalidate(new Invalidation("tenant", "acme"));
    routes.outboxChanged();
    long end = System.nanoTime();
    topics.stop(routes);
    assertThat(Duration.ofNanos(System.nanoTime() - end)).isLessThan(Duration.ofSeconds(18));
  }

  @Test
  void routesThatStartedBeforeKafkaConnectWhenItIsThere() throws Exception {
    String brokers = RealServers.kafka().brokers();
    int port = Integer.parseInt(brokers.substring(brokers.indexOf(':') + 1));
    topics.send("a", UsageTopics.event("tenant-a", 1));
    // A broker's port is known only when it runs: a proxy that opens late stands in its place.
    try (TcpProxy broker = new TcpProxy(port)) {
      broker.cut();
      topics.start(ledger, topics.config("localhost:" + broker.port(), topics.dead(), 1));
      broker.restore();
      await().atMost(PATIENCE).until(() -> ledger.posted("tenant-a") == 1);
      assertThat(broker.connections()).isPositive();
    }
  }

  @Test
  void theOutboxIsPublishedOnAHintAndWhatFailsIsPublishedLater() {
    MemoryOutbox outbox = new MemoryOutbox();
    outbox.failing.set(true);
    IntegrationRoutes routes =
        topics.start(topics.config(), new Ports(ledger, ledger, outbox, change -> {}));
    outbox.messages.add(message("acme", "{\"n\":1}"));
    outbox.messages.add(message("acme", "{\"n\":2}"));
    routes.outboxChanged();
    outbox.failing.set(false);

    await().atMost(PATIENCE).until(() -> topics.read(topics.platform()).size() == 2);
    List<ConsumerRecord<byte[], byte[]>> published = topics.read(topics.platform());
    assertThat(published)
        .extracting(event -> new String(event.value(), StandardCharsets.UTF_8))
        .containsExactly("{\"n\":1}", "{\"n\":2}");
    assertThat(published)
        .allSatisfy(
            event -> {
              assertThat(new String(event.key(), StandardCharsets.UTF_8)).isEqualTo("acme");
              assertThat(event.headers().lastHeader("content-type").value())
                  .isEqualTo("application/json".getBytes(StandardCharsets.UTF_8));
            });
    assertThat(outbox.overlapped).isFalse();
  }

  @Test
  void anInvalidationIsHeardByTheOtherNodesAlone() {
    List<Invalidation> here = new CopyOnWriteArrayList<>();
    List<Invalidation> there = new CopyOnWriteArrayList<>();
    IntegrationRoutes node = node(here, RealServers.redis().port());
    IntegrationRoutes other = node(there, RealServers.redis().port());
    Invalidation change = new Invalidation("tenant", "acme-" + UUID.randomUUID());
    Invalidation answer = new Invalidation("tenant", "answer-" + UUID.randomUUID());

    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              node.invalidate(change);
              return there.contains(change);
            });
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              other.invalidate(answer);
              return here.contains(answer);
            });
    // Redis keeps the order, so its echo would have come before the answer.
    assertThat(here).doesNotContain(change);
  }

  @Test
  void invalidationsWorkAgainWhenRedisIsBack() throws Exception {
    List<Invalidation> here = new CopyOnWriteArrayList<>();
    List<Invalidation> there = new CopyOnWriteArrayList<>();
    int port = LocalPorts.free();
    IntegrationRoutes node = node(here, port);
    node(there, port);
    node.invalidate(new Invalidation("tenant", "lost"));
    for (int i = 0; i < 2; i++) {
      Invalidation change = new Invalidation("tenant", "round-" + i);
      RedisServer redis = RedisServer.newRedisServer().port(port).setting("save \"\"").build();
      redis.start();
      try {
        await()
            .atMost(PATIENCE)
            .until(
                () -> {
                  node.invalidate(change);
                  return there.contains(change);
                });
      } finally {
        redis.stop();
      }
    }
  }

  private IntegrationRoutes node(List<Invalidation> heard, int redisPort) {
    return topics.start(
        topics.config(RealServers.kafka().brokers(), topics.dead(), redisPort),
        new Ports(ledger, ledger, UsageTopics.noOutbox(), heard::add));
  }

  private static OutboxMessage message(String key, String value) {
    return new OutboxMessage(key, value.getBytes(StandardCharsets.UTF_8));
  }

  private static InputStream body(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static final class MemoryOutbox implements Outbox {
    final ConcurrentLinkedQueue<OutboxMessage> messages = new ConcurrentLinkedQueue<>();
    final AtomicBoolean failing = new AtomicBoolean();
    private final AtomicBoolean running = new AtomicBoolean();
    volatile boolean overlapped;

    @Override
    public int relay(int limit, Publisher publisher) {
      if (!running.compareAndSet(false, true)) {
        overlapped = true;
      }
      try {
        if (failing.get()) {
          throw new IllegalStateException("the database is down");
        }
        List<OutboxMessage> claimed = new ArrayList<>(messages);
        if (!claimed.isEmpty()) {
          publisher.publish(claimed);
          messages.removeAll(claimed);
        }
        return claimed.size();
      } catch (IllegalStateException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      } finally {
        running.set(false);
      }
    }
  }
}
