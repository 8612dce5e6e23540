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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.RedisClient;

/** Two nodes' memories of one copy in Redis. */
class RecentBalancesTest {
  private static final Duration LIFE = Duration.ofMinutes(1);
  private static final Duration MOMENT = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofSeconds(5);

  private final AtomicLong nanos = new AtomicLong();
  private final UUID quota = UUID.randomUUID();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
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
    pass(LONGEST);
    assertThat(read(one, key)).isEqualTo(balance(key, 1));
  }

  @Test
  void whatNobodyChangesIsNotReadAgainAndWhatSomebodyDoesIsTold() {
    BalanceKey bob = key("bob");
    one.write("acme", List.of(balance(key, 1), balance(bob, 1)));
    assertThat(two.read("acme", List.of(key, bob))).hasSize(2);
    double reads = reads();
    for (int version = 2; version < 30; version++) {
      one.write("acme", List.of(balance(key, version)));
      pass(MOMENT);
      assertThat(two.read("acme", List.of(key, bob)))
          .isEqualTo(Map.of(key, balance(key, version), bob, balance(bob, 1)));
    }
    assertThat(reads()).isEqualTo(reads);
  }

  @Test
  void whatIsToldToNobodyIsNotMissedForLong() {
    one.write("acme", List.of(balance(key, 1)));
    assertThat(read(two, key)).isEqualTo(balance(key, 1));
    redis.set(BalanceText.key("acme", key), BalanceText.value(balance(key, 2), 0));
    pass(LONGEST.minusNanos(1));
    assertThat(read(two, key)).isEqualTo(balance(key, 1));
    pass(Duration.ofNanos(1));
    assertThat(read(two, key)).isEqualTo(balance(key, 2));
  }

  @Test
  void whoeverMayHaveMissedAChangeReadsAgain() {
    List<Runnable> losses =
        List.of(
            () -> redis.del(BalanceText.feed("acme")),
            () -> redis.set(BalanceText.feed("acme"), "nonsense"),
            this::manyChanges);
    long version = 1;
    for (Runnable loss : losses) {
      one.write("acme", List.of(balance(key, version)));
      pass(MOMENT);
      assertThat(read(two, key)).isEqualTo(balance(key, version));
      one.write("acme", List.of(balance(key, ++version)));
      loss.run();
      pass(MOMENT);
      assertThat(read(two, key)).isEqualTo(balance(key, version));
    }
  }

  /** More than are told at once. */
  private void manyChanges() {
    List<Balance> many = new ArrayList<>();
    for (int i = 0; i < 6_000; i++) {
      many.add(balance(key("user-" + i), 1));
    }
    one.write("acme", many);
  }

  /** The higher version of a balance is the later one, and each was told to Redis. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void nothingIsBehindForLongerThanAMomentWhateverHappens(long seed) {
    Random dice = new Random(seed);
    List<BalanceKey> keys = List.of(key("a"), key("b"), key("c"));
    Map<BalanceKey, Long> told = new HashMap<>();
    Map<BalanceKey, Long> toldBefore = Map.of();
    Map<BalanceKey, Long> toldAtLast = Map.of();
    long last = nanos.get();
    List<BalanceCopy> nodes = List.of(one, two, node(MOMENT));
    for (int step = 0; step < 2_000; step++) {
      BalanceCopy node = nodes.get(dice.nextInt(nodes.size()));
      BalanceKey asked = keys.get(dice.nextInt(keys.size()));
      switch (dice.nextInt(20)) {
        case 0 -> redis.del(BalanceText.feed("acme"));
        case 1 -> redis.del(BalanceText.key("acme", asked));
        case 2, 3, 4, 5 -> {
          long version = told.merge(asked, 1L, Long::sum);
          node.write("acme", List.of(balance(asked, version)));
        }
        case 6, 7, 8 -> pass(Duration.ofMillis(dice.nextInt(60)));
        default -> {
          Balance known = read(node, asked);
          if (known != null) {
            assertThat(known.version()).isGreaterThanOrEqualTo(toldBefore.getOrDefault(asked, 0L));
          }
        }
      }
      if (nanos.get() - last >= MOMENT.toNanos()) {
        // What was told until now must be known from the next moment on.
        toldBefore = toldAtLast;
        toldAtLast = Map.copyOf(told);
        last = nanos.get();
      }
    }
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
    return RecentBalances.of(
        new RedisBalances(redis, LIFE, meters, Clock.systemUTC(), nanos::get),
        new Caches(new SimpleMeterRegistry(), nanos::get),
        moment,
        LONGEST);
  }

  private double reads() {
    return meters
        .get("platform.quota.copy.operations")
        .tags("operation", "read", "outcome", "ok")
        .counter()
        .count();
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
