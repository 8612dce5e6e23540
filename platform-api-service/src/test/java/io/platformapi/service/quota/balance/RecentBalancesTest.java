package io.platformapi.service.quota.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.service.cache.Caches;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Told;
import io.platformapi.service.testing.RealServers;
import io.platformapi.service.testing.TcpProxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/** Two nodes' memories of one copy in Redis. */
class RecentBalancesTest {
  private static final Duration LIFE = Duration.ofMinutes(1);
  private static final Duration MOMENT = Duration.ofMillis(100);

  private final AtomicLong nanos = new AtomicLong();
  private final UUID quota = UUID.randomUUID();
  private final BalanceKey key = key("");
  private TcpProxy line;
  private RedisClient redis;
  private BalanceCopy one;
  private BalanceCopy two;

  @BeforeEach
  void start() throws Exception {
    line = new TcpProxy(RealServers.redis().port());
    redis = RedisClient.create("127.0.0.1", line.port());
    one = node(MOMENT);
    two = node(MOMENT);
  }

  @AfterEach
  void stop() {
    redis.close();
    line.close();
  }

  @Test
  void whatANodeWritesItKnowsAtOnce() {
    one.write("acme", List.of(balance(key, 1)));
    assertThat(read(one, key)).isEqualTo(balance(key, 1));
    one.write("acme", List.of(balance(key, 2)));
    assertThat(read(one, key)).isEqualTo(balance(key, 2));
  }

  @Test
  void whatAnotherNodeWritesItKnowsAfterAMoment() {
    one.write("acme", List.of(balance(key, 1)));
    assertThat(read(two, key)).isEqualTo(balance(key, 1));
    one.write("acme", List.of(balance(key, 2)));
    pass(MOMENT.minusNanos(1));
    assertThat(read(two, key)).isEqualTo(balance(key, 1));
    pass(Duration.ofNanos(1));
    assertThat(read(two, key)).isEqualTo(balance(key, 2));
  }

  @Test
  void onlyWhatItDoesNotRememberIsAskedOfRedis() {
    BalanceKey bob = key("bob");
    one.write("acme", List.of(balance(key, 1), balance(bob, 1)));
    assertThat(read(two, key)).isNotNull();
    one.write("acme", List.of(balance(key, 2), balance(bob, 2)));
    assertThat(two.read("acme", List.of(key, bob, key("eve"))))
        .isEqualTo(Map.of(key, balance(key, 1), bob, balance(bob, 2)));
  }

  @Test
  void tenantsAreToldApart() {
    one.write("acme", List.of(balance(key, 1)));
    assertThat(one.read("other", List.of(key))).isEmpty();
  }

  @Test
  void whatANodeHasCommittedStaysKnownToItWhenRedisFallsBack() {
    one.write("acme", List.of(balance(key, 2)));
    redis.del(BalanceText.key("acme", key));
    two.write("acme", List.of(balance(key, 1)));
    assertThat(read(two, key)).isEqualTo(balance(key, 1));
    assertThat(read(one, key)).isEqualTo(balance(key, 2));
    pass(MOMENT);
    assertThat(read(one, key)).isEqualTo(balance(key, 1));
  }

  @Test
  void whileRedisIsAwayNothingIsKnownForLongerThanAMoment() {
    one.write("acme", List.of(balance(key, 1)));
    line.cut();
    one.write("acme", List.of(balance(key, 2)));
    assertThat(read(one, key)).isEqualTo(balance(key, 2));
    pass(MOMENT);
    assertThat(one.read("acme", List.of(key))).isEmpty();
    line.restore();
  }

  @Test
  void withoutAMomentNothingIsRemembered() {
    BalanceCopy forgetful = node(Duration.ZERO);
    one.write("acme", List.of(balance(key, 1)));
    assertThat(read(forgetful, key)).isEqualTo(balance(key, 1));
    one.write("acme", List.of(balance(key, 2)));
    assertThat(read(forgetful, key)).isEqualTo(balance(key, 2));
  }

  private BalanceCopy node(Duration moment) {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    return RecentBalances.of(
        new RedisBalances(redis, LIFE, meters, Clock.systemUTC(), nanos::get),
        new Caches(meters, nanos::get),
        moment);
  }

  private void pass(Duration duration) {
    nanos.addAndGet(duration.toNanos());
  }

  private static Balance read(BalanceCopy node, BalanceKey key) {
    return node.read("acme", List.of(key)).get(key);
  }

  private BalanceKey key(String subject) {
    return new BalanceKey(quota, subject, Instant.EPOCH);
  }

  private static Balance balance(BalanceKey key, long version) {
    return new Balance(key, 10 * version, 0, version, Told.NOTHING);
  }
}
