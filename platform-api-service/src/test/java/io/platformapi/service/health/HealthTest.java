package io.platformapi.service.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platformapi.service.testing.RealServers;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HealthTest {
  private static final Duration INTERVAL = Duration.ofMillis(50);

  private final AtomicBoolean database = new AtomicBoolean(true);
  private final AtomicBoolean cache = new AtomicBoolean(true);
  private final CountDownLatch hang = new CountDownLatch(1);
  private HealthMonitor monitor;

  @AfterEach
  void stop() {
    hang.countDown();
    monitor.stop();
  }

  @Test
  void readinessFollowsTheRequiredPartsAndLivenessNone() {
    HealthResource resource = start(() -> check(database));
    awaitReady(resource, 200, "up");
    cache.set(false);
    awaitReady(resource, 200, "degraded");
    database.set(false);
    Awaitility.await().until(() -> resource.ready().getStatus() == 503);
    assertThat(resource.ready().getHeaderString("Retry-After")).isEqualTo("5");
    assertThat(resource.live().getStatus()).isEqualTo(200);
    database.set(true);
    cache.set(true);
    awaitReady(resource, 200, "up");
  }

  @Test
  void aCheckThatHangsCountsAsDown() {
    AtomicBoolean hangs = new AtomicBoolean();
    HealthResource resource =
        start(
            () -> {
              if (hangs.get()) {
                hang.await();
              }
            });
    awaitReady(resource, 200, "up");
    hangs.set(true);
    Awaitility.await().until(() -> resource.ready().getStatus() == 503);
  }

  @Test
  void redisIsAskedWithItsOwnProtocol() throws IOException {
    monitor = new HealthMonitor(List.of(), INTERVAL, Clock.systemUTC());
    new RedisCheck("127.0.0.1", RealServers.redis().port()).run();
    assertThatThrownBy(() -> new RedisCheck("127.0.0.1", 1).run()).isInstanceOf(IOException.class);
    new TcpCheck(List.of("127.0.0.1:1", "127.0.0.1:" + RealServers.redis().port())).run();
    assertThatThrownBy(() -> new TcpCheck(List.of("127.0.0.1:1")).run())
        .isInstanceOf(IOException.class);
  }

  private HealthResource start(Probe.Check required) {
    monitor =
        new HealthMonitor(
            List.of(
                new Probe("postgres", true, required),
                new Probe("redis", false, () -> check(cache))),
            INTERVAL,
            Clock.systemUTC());
    monitor.start();
    return new HealthResource(monitor);
  }

  private static void awaitReady(HealthResource resource, int status, String word) {
    Awaitility.await()
        .until(
            () -> {
              Response answer = resource.ready();
              return answer.getStatus() == status
                  && answer.getEntity() instanceof HealthResource.Health health
                  && health.status().equals(word);
            });
  }

  private static void check(AtomicBoolean up) throws IOException {
    if (!up.get()) {
      throw new IOException("down");
    }
  }
}
