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
    begin();
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
    write(one, "acme", List.of(balance(key, 1)));
    assertThat(read(one, key)).isEqualTo(balance(key, 1));
    write(one, "acme", List.of(balance(key, 2)));
    assertThat(read(one, key)).isEqualTo(balance(key, 2));
  }

  @Test
  void whatAnotherNodeWritesItKnowsAfterAMoment() {
    write(one, "acme", List.of(balance(key, 1)));
    assertThat(read(two, key)).isEqualTo(balance(key, 1));
    write(one, "acme", List.of(balance(key, 2)));
    pass(MOMENT.dividedBy(2));
    assertThat(read(two, key)).isEqualTo(balance(key, 1));
    pass(MOMENT.dividedBy(2));
    assertThat(read(two, key)).isEqualTo(balance(key, 2));
  }

  @Test
  void onlyWhatItDoesNotRememberIsAskedOfRedis() {
    BalanceKey bob = key("bob");
    write(one, "acme", List.of(balance(key, 1), balance(bob, 1)));
    assertThat(read(two, key)).isNotNull();
    write(one, "acme", List.of(balance(key, 2), balance(bob, 2)));
    assertThat(two.read("acme", List.of(key, bob, key("eve"))).balances())
        .isEqualTo(Map.of(key, balance(key, 1), bob, balance(bob, 2)));
  }

  @Test
  void tenantsAreToldApart() {
    write(one, "acme", List.of(balance(key, 1)));
    assertThat(one.read("other", List.of(key)).balances()).isEmpty();
  }

  @Test
  void whatANodeHasCommittedStaysKnownToItWhenRedisFallsBack() {
    write(one, "acme", List.of(balance(key, 2)));
    redis.del(BalanceText.key("acme", key));
    write(two, "acme", List.of(balance(key, 1)));
    assertThat(read(two, key)).isEqualTo(balance(key, 1));
    assertThat(read(one, key)).isEqualTo(balance(key, 2));
    pass(LONGEST);
    assertThat(read(one, key)).isEqualTo(balance(key, 1));
  }

  @Test
  void whatNobodyChangesIsNotReadAgainAndWhatSomebodyDoesIsTold() {
    BalanceKey bob = key("bob");
    write(one, "acme", List.of(balance(key, 1), balance(bob, 1)));
    assertThat(two.read("acme", List.of(key, bob)).balances()).hasSize(2);
    double reads = reads();
    for (int version = 2; version < 30; version++) {
      write(one, "acme", List.of(balance(key, version)));
      pass(MOMENT);
      assertThat(two.read("acme", List.of(key, bob)).balances())
          .isEqualTo(Map.of(key, balance(key, version), bob, balance(bob, 1)));
    }
    assertThat(reads()).isEqualTo(reads);
  }

  @Test
  void whatIsToldToNobodyIsNotMissedForLong() {
    write(one, "acme", List.of(balance(key, 1)));
    assertThat(read(two, key)).isEqualTo(balance(key, 1));
    redis.set(BalanceText.key("acme", key), "2|20|0|0");
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
      write(one, "acme", List.of(balance(key, version)));
      pass(MOMENT);
      assertThat(read(two, key)).isEqualTo(balance(key, version));
      write(one, "acme", List.of(balance(key, ++version)));
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
    write(one, "acme", many);
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
          write(node, "acme", List.of(balance(asked, version)));
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
    write(one, "acme", List.of(balance(key, 1)));
    line.cut();
    write(one, "acme", List.of(balance(key, 2)));
    assertThat(read(one, key)).isEqualTo(balance(key, 2));
    pass(MOMENT);
    assertThat(one.read("acme", List.of(key)).balances()).isEmpty();
    line.restore();
  }

  @Test
  void whatIsKeptIsRememberedForLongerThanWhatPasses() {
    BalanceKey bob = key("bob");
    write(one, "acme", List.of(balance(key, 1)), Copied.Kind.KEPT);
    write(one, "acme", List.of(balance(bob, 1)), Copied.Kind.PASSING);
    assertThat(two.read("acme", List.of(key, bob)).balances()).hasSize(2);
    pass(MOMENT);
    assertThat(two.read("acme", List.of(key, bob)).balances()).hasSize(2);
    double reads = reads();
    pass(LONGEST);
    assertThat(read(two, key)).isEqualTo(balance(key, 1));
    assertThat(reads()).isEqualTo(reads);
    assertThat(read(two, bob)).isEqualTo(balance(bob, 1));
    assertThat(reads()).isEqualTo(reads + 1);
  }

  @Test
  void whatIsToldNothingIsNotBelievedForLongerThanAMoment() {
    write(one, "acme", List.of(balance(key, 1)), Copied.Kind.KEPT);
    assertThat(read(two, key)).isEqualTo(balance(key, 1));
    // As if nothing had been told for the time that it is believed.
    redis.del(BalanceText.believed("acme"));
    pass(MOMENT.minusNanos(1));
    assertThat(read(two, key)).isEqualTo(balance(key, 1));
    pass(Duration.ofNanos(1));
    assertThat(read(two, key)).isNull();
  }

  @Test
  void whatIsRememberedOfAnotherEpochIsNotAnsweredNorPreferred() {
    write(one, "acme", List.of(balance(key, 7)), Copied.Kind.KEPT);
    assertThat(read(two, key)).isEqualTo(balance(key, 7));
    // The database was restored to an earlier state.
    begin();
    write(one, "acme", List.of(balance(key, 3)), Copied.Kind.KEPT);
    pass(MOMENT);
    assertThat(read(two, key)).isEqualTo(balance(key, 3));
  }

  @Test
  void whatIsGoneFromRedisAndIsToldOfIsNotAnsweredAnyMore() {
    write(one, "acme", List.of(balance(key, 1)), Copied.Kind.KEPT);
    assertThat(read(two, key)).isEqualTo(balance(key, 1));
    redis.del(BalanceText.key("acme", key));
    one.tell("acme", List.of(balance(key, 2)));
    pass(MOMENT);
    assertThat(read(two, key)).isNull();
    write(one, "acme", List.of(balance(key, 2)), Copied.Kind.KEPT);
    assertThat(read(two, key)).isEqualTo(balance(key, 2));
  }

  @Test
  void withoutAMomentNothingIsRemembered() {
    BalanceCopy forgetful = node(Duration.ZERO);
    write(one, "acme", List.of(balance(key, 1)));
    assertThat(read(forgetful, key)).isEqualTo(balance(key, 1));
    write(one, "acme", List.of(balance(key, 2)));
    assertThat(read(forgetful, key)).isEqualTo(balance(key, 2));
  }

  private BalanceCopy node(Duration moment) {
    return RecentBalances.of(
        shared(), new Caches(new SimpleMeterRegistry(), nanos::get), moment, LONGEST);
  }

  private RedisBalances shared() {
    return new RedisBalances(
        new RedisCalls(redis, meters, nanos::get), LIFE, meters, Clock.systemUTC());
  }

  /** What is believed for the life of a copy, whatever is told. */
  private static void write(BalanceCopy copy, String tenantId, List<Balance> balances) {
    write(copy, tenantId, balances, Copied.Kind.PASSING);
  }

  private static void write(
      BalanceCopy copy, String tenantId, List<Balance> balances, Copied.Kind kind) {
    copy.fill(
        tenantId,
        balances.stream().map(one -> new Copied(one, kind)).toList(),
        kind == Copied.Kind.KEPT ? copy.seen(tenantId) : BalanceCopy.NOT_SEEN);
  }

  /** Balances of another epoch are believed from now on. */
  private void begin() {
    RedisRepairs repairs =
        new RedisRepairs(new RedisCalls(redis, meters, nanos::get), shared(), LIFE);
    repairs.advance(
        "acme",
        repairs.place("acme").orElseThrow(),
        new BalanceNews(new BalanceNews.Seen("server", "1:1:"), false, List.of()));
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
    return node.read("acme", List.of(key)).balances().get(key);
  }

  private BalanceKey key(String subject) {
    return new BalanceKey(quota, subject, Instant.EPOCH);
  }

  private static Balance balance(BalanceKey key, long version) {
    return new Balance(key, 10 * version, 0, version, Told.NOTHING);
  }
}
