package io.platformapi.service.quota.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.service.local.LocalRedis;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Told;
import io.platformapi.service.testing.RealServers;
import io.platformapi.service.testing.SettableClock;
import io.platformapi.service.testing.TcpProxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.params.SetParams;

class RedisBalancesTest {
  private static final Duration LIFE = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(200);

  /** A machine that is busy with other tests may be slow. */
  private static final Duration LONG = Duration.ofSeconds(10);

  private static final int CONNECTIONS = 4;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AtomicLong nanos = new AtomicLong();
  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-26T12:00:00Z"));
  private final BalanceKey key = key(UUID.randomUUID(), "", 0);
  private TcpProxy line;
  private RedisClient redis;
  private RedisBalances copy;

  @BeforeEach
  void start() throws Exception {
    line = new TcpProxy(RealServers.redis().port());
    redis = client(line.port(), LONG);
    copy = copy(LIFE);
  }

  @AfterEach
  void stop() {
    redis.close();
    line.close();
  }

  @Test
  void theNewerOfTwoIsKeptWhicheverComesFirst() {
    write(copy, "acme", List.of(balance(key, 10, 5, 3)));
    write(copy, "acme", List.of(balance(key, 9, 4, 2)));
    assertThat(read(key)).isEqualTo(balance(key, 10, 5, 3));
    // Versions are numbers: as text, 100 would be before 3.
    write(copy, "acme", List.of(balance(key, 50, 0, 100)));
    assertThat(read(key)).isEqualTo(balance(key, 50, 0, 100));
  }

  @Test
  void whatIsToldAgainLivesFromThenOn() {
    write(copy(Duration.ofMillis(300)), "acme", List.of(balance(key, 10, 0, 1)));
    // Of a rolling window the sum may have changed without a change of its version.
    write(copy, "acme", List.of(balance(key, 9, 0, 1)));
    assertThat(read(key)).isEqualTo(balance(key, 9, 0, 1));
    assertThat(redis.pttl(BalanceText.key("acme", key))).isGreaterThan(300);
  }

  @Test
  void whatIsAskedForInTheSecondHalfOfItsLifeIsToldOnce() {
    BalanceKey bob = key(key.quotaId(), "bob", 0);
    write(copy, "acme", List.of(balance(key, 1, 0, 1), balance(bob, 1, 0, 1)));
    clock.move(LIFE.dividedBy(2).minusMillis(1));
    read(key);
    assertThat(copy.aging()).isEmpty();
    clock.move(Duration.ofMillis(1));
    assertThat(read(key)).isEqualTo(balance(key, 1, 0, 1));
    read(key);
    assertThat(copy.aging()).isEqualTo(Map.of("acme", List.of(key)));
    assertThat(copy.aging()).isEmpty();
    write(copy, "acme", List.of(balance(key, 1, 0, 1)));
    read(key);
    assertThat(copy.aging()).isEmpty();
  }

  @Test
  void whatANodeOfAnEarlierVersionWroteIsRead() {
    redis.set(BalanceText.key("acme", key), "3|20|5", new SetParams().px(LIFE.toMillis()));
    assertThat(read(key)).isEqualTo(balance(key, 20, 5, 3));
    assertThat(copy.aging()).isEmpty();
    write(copy, "acme", List.of(balance(key, 10, 5, 2)));
    assertThat(read(key)).isEqualTo(balance(key, 20, 5, 3));
  }

  @Test
  void whatHasNeverBeenChangedIsOlderThanAnything() {
    write(copy, "acme", List.of(Balance.empty(key)));
    assertThat(read(key)).isEqualTo(Balance.empty(key));
    write(copy, "acme", List.of(balance(key, 1, 0, 0)));
    write(copy, "acme", List.of(Balance.empty(key)));
    assertThat(read(key)).isEqualTo(balance(key, 1, 0, 0));
  }

  @Test
  void manyWritersInAnyOrderLeaveTheNewest() throws Exception {
    List<Balance> history = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      history.add(balance(key, i, 0, i));
    }
    Collections.shuffle(history, new Random(1));
    ExecutorService writers = Executors.newFixedThreadPool(CONNECTIONS);
    try {
      List<Future<?>> writing = new ArrayList<>();
      for (Balance balance : history) {
        writing.add(writers.submit(() -> write(copy, "acme", List.of(balance))));
      }
      for (Future<?> one : writing) {
        one.get();
      }
    } finally {
      writers.shutdownNow();
    }
    assertThat(operations("write", "failed")).isZero();
    assertThat(read(key)).isEqualTo(balance(key, 999, 0, 999));
  }

  @Test
  void moreBalancesThanFitInOneCallAreAllKept() {
    List<Balance> many = new ArrayList<>();
    for (int i = 0; i < 1_234; i++) {
      many.add(balance(key(key.quotaId(), "user-" + i, 60), i, 0, 1));
    }
    write(copy, "acme", many);
    assertThat(copy.read("acme", many.stream().map(Balance::key).toList()).balances())
        .hasSize(1_234);
  }

  @Test
  void whatIsWrittenGoesAfterItsLife() {
    RedisBalances fleeting = copy(Duration.ofMillis(150));
    write(fleeting, "acme", List.of(balance(key, 1, 0, 1)));
    await().atMost(Duration.ofSeconds(10)).until(() -> read(key) == null);
    assertThat(balances("miss")).isPositive();
  }

  @Test
  void whatIsRefusedAsOlderDoesNotLiveLonger() {
    write(copy(Duration.ofMillis(300)), "acme", List.of(balance(key, 1, 0, 2)));
    write(copy, "acme", List.of(balance(key, 1, 0, 1)));
    assertThat(redis.pttl(BalanceText.key("acme", key))).isLessThanOrEqualTo(300);
  }

  @Test
  void namesAreToldApart() {
    UUID id = key.quotaId();
    Map<BalanceKey, Balance> all = new java.util.HashMap<>();
    for (BalanceKey one :
        List.of(
            key,
            key(id, "a", 0),
            key(id, "a:b", 0),
            key(id, "0:a", 0),
            key(id, "", 60),
            key(id, "ä\u001fb", 0),
            key(UUID.randomUUID(), "", 0))) {
      all.put(one, balance(one, all.size(), 0, 1));
    }
    write(copy, "acme", all.values());
    write(copy, "acme.2", List.of(balance(key, 77, 0, 1)));
    assertThat(copy.read("acme", List.copyOf(all.keySet())).balances()).isEqualTo(all);
    assertThat(copy.read("acme.2", List.copyOf(all.keySet())).balances()).hasSize(1);
  }

  @Test
  void whatIsNoBalanceIsNotBelievedAndGivesWay() {
    String name = BalanceText.key("acme", key);
    long unreadable = 0;
    for (String garbage :
        List.of(
            "",
            "garbage",
            "1|2",
            "1|2|3|",
            "1|2|3|x",
            "1|2|3|4|",
            "1|2|3|4|5|6",
            "1|2|3|-|5",
            "1||3",
            "|2|3",
            "-|2|3",
            "1|2|-3",
            "x1|2|3",
            "1|2|3 ",
            "99999999999999999999|1|1",
            "1|9999999999999999999|1")) {
      redis.set(name, garbage);
      assertThat(read(key)).as(garbage).isNull();
      unreadable++;
      assertThat(balances("unreadable")).isEqualTo(unreadable);
      write(copy, "acme", List.of(balance(key, 7, 0, 1)));
      assertThat(read(key)).as(garbage).isEqualTo(balance(key, 7, 0, 1));
    }
    redis.del(name);
    redis.lpush(name, "1|2|3");
    assertThat(read(key)).isNull();
    write(copy, "acme", List.of(balance(key, 8, 0, 1)));
    assertThat(read(key)).isEqualTo(balance(key, 8, 0, 1));
    // What would stay for ever gives way, whatever it says.
    redis.set(name, "900000000000000|1|1");
    write(copy, "acme", List.of(balance(key, 9, 0, 1)));
    assertThat(read(key)).isEqualTo(balance(key, 9, 0, 1));
  }

  @Test
  void aServerThatHasForgottenTheScriptLearnsItAgain() {
    write(copy, "acme", List.of(balance(key, 1, 0, 1)));
    redis.scriptFlush();
    write(copy, "acme", List.of(balance(key, 2, 0, 2)));
    assertThat(read(key)).isEqualTo(balance(key, 2, 0, 2));
    assertThat(redis.scriptExists(List.of(BalanceScripts.FILL.sha()))).containsExactly(true);
  }

  @Test
  void whileRedisIsAwayNothingIsKnownAndAfterAWhileItIsNotEvenAsked() {
    write(copy, "acme", List.of(balance(key, 1, 0, 1)));
    line.cut();
    for (int i = 0; i < 3; i++) {
      assertThat(copy.read("acme", List.of(key)).balances()).isEmpty();
    }
    write(copy, "acme", List.of(balance(key, 2, 0, 2)));
    assertThat(operations("read", "failed")).isEqualTo(3);
    assertThat(operations("write", "skipped")).isEqualTo(1);
    line.restore();
    assertThat(copy.read("acme", List.of(key)).balances()).isEmpty();
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(read(key)).isEqualTo(balance(key, 1, 0, 1));
    assertThat(read(key)).isNotNull();
  }

  @Test
  void onlyOneTriesAfterEachPause() {
    line.cut();
    for (int i = 0; i < 3; i++) {
      copy.read("acme", List.of(key));
    }
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    copy.read("acme", List.of(key));
    copy.read("acme", List.of(key));
    assertThat(operations("read", "failed")).isEqualTo(4);
    assertThat(operations("read", "skipped")).isEqualTo(1);
  }

  @Test
  void aRedisThatHangsIsWaitedForAShortTimeOnly() {
    line.freeze();
    try (RedisClient impatient = client(line.port(), SHORT)) {
      RedisBalances hurried = copy(impatient, LIFE);
      long start = System.nanoTime();
      for (int i = 0; i < 100; i++) {
        assertThat(hurried.read("acme", List.of(key)).balances()).isEmpty();
      }
      // Three times it is waited for, each time for a connection and for an answer at most.
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SHORT.multipliedBy(20));
      assertThat(operations("read", "skipped")).isEqualTo(97);
    } finally {
      line.thaw();
    }
  }

  @Test
  void anotherServerKnowsNothingAndLearns() throws Exception {
    write(copy, "acme", List.of(balance(key, 1, 0, 1)));
    try (LocalRedis other = LocalRedis.start()) {
      line.redirect(other.port());
      // The connections at hand have broken; they are not tried one after the other.
      copy.read("acme", List.of(key));
      assertThat(copy.read("acme", List.of(key)).balances()).isEmpty();
      write(copy, "acme", List.of(balance(key, 2, 0, 2)));
      assertThat(read(key)).isEqualTo(balance(key, 2, 0, 2));
      assertThat(operations("read", "failed")).isLessThanOrEqualTo(1);
    }
  }

  private Balance read(BalanceKey one) {
    return copy.read("acme", List.of(one)).balances().get(one);
  }

  private double operations(String operation, String outcome) {
    return meters
        .get("platform.quota.copy.operations")
        .tags("operation", operation, "outcome", outcome)
        .counter()
        .count();
  }

  private double balances(String outcome) {
    return meters.get("platform.quota.copy.balances").tag("outcome", outcome).counter().count();
  }

  private RedisBalances copy(Duration life) {
    return copy(redis, life);
  }

  private RedisBalances copy(RedisClient client, Duration life) {
    return new RedisBalances(new RedisCalls(client, meters, nanos::get), life, meters, clock);
  }

  /** What is believed for the life of a copy, whatever is told. */
  private static void write(
      BalanceCopy copy, String tenantId, java.util.Collection<Balance> balances) {
    copy.fill(
        tenantId,
        balances.stream().map(one -> new Copied(one, Copied.Kind.PASSING)).toList(),
        BalanceCopy.NOT_SEEN);
  }

  private static RedisClient client(int port, Duration timeout) {
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxTotal(CONNECTIONS);
    pool.setMaxWait(timeout);
    return RedisClient.builder()
        .hostAndPort("127.0.0.1", port)
        .clientConfig(
            DefaultJedisClientConfig.builder().timeoutMillis((int) timeout.toMillis()).build())
        .poolConfig(pool)
        .build();
  }

  private static BalanceKey key(UUID quota, String subject, long window) {
    return new BalanceKey(quota, subject, Instant.ofEpochSecond(window));
  }

  private static Balance balance(BalanceKey key, long used, long held, long version) {
    return new Balance(key, used, held, version, Told.NOTHING);
  }
}
