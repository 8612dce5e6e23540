package io.platformapi.service.quota.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.service.cache.Caches;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Told;
import io.platformapi.service.testing.RealServers;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.RedisClient;

/**
 * Nodes that remember, on a real Redis, by the dice of a seed: words to the copy are lost, checks
 * and repairs stand still, Redis loses entries and falls back.
 */
class RepairedNodesTest {
  private static final Duration LIFE = Duration.ofMinutes(1);
  private static final Duration MOMENT = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofSeconds(5);
  private static final int STEPS = 3_000;

  private final String tenant = "t" + UUID.randomUUID();
  private final AtomicLong nanos = new AtomicLong();
  private final List<BalanceKey> keys = List.of(key("a"), key("b"), key("c"));

  /** What is committed: of each balance its version, as of each commit. */
  private final List<Map<BalanceKey, Long>> history = new ArrayList<>(List.of(Map.of()));

  private final List<Runnable> standing = new ArrayList<>();
  private Map<String, byte[]> replica = Map.of();
  private RedisClient redis;
  private RedisBalances copy;
  private RedisRepairs repairs;
  private int answers;

  @BeforeEach
  void start() {
    redis = RedisClient.create("127.0.0.1", RealServers.redis().port());
    RedisCalls calls = new RedisCalls(redis, new SimpleMeterRegistry(), System::nanoTime);
    copy = new RedisBalances(calls, LIFE, new SimpleMeterRegistry(), Clock.systemUTC());
    repairs = new RedisRepairs(calls, copy, LIFE);
  }

  @AfterEach
  void stop() {
    redis.close();
  }

  /** Whatever the database has told is in every answer from a moment later on. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void noAnswerIsBehindWhatTheDatabaseHasTold(long seed) {
    Random dice = new Random(seed);
    List<BalanceCopy> nodes = List.of(node(), node(), copy);
    Map<BalanceKey, Long> before = Map.of();
    Map<BalanceKey, Long> atLast = Map.of();
    long last = nanos.get();
    for (int step = 0; step < STEPS; step++) {
      BalanceCopy node = nodes.get(dice.nextInt(nodes.size()));
      BalanceKey asked = keys.get(dice.nextInt(keys.size()));
      switch (dice.nextInt(24)) {
        case 0 -> node.tell(tenant, List.of(commit(asked)));
        case 1 -> {
          // Of one that remembers nothing: what it stands still with it would know for a moment.
          Balance committed = commit(asked);
          run(() -> copy.tell(tenant, List.of(committed)), dice);
        }
        case 2 -> commit(asked);
        case 3, 4 -> repair(dice);
        case 5, 6 -> goOn(dice);
        case 7, 8, 9 -> nanos.addAndGet(Duration.ofMillis(dice.nextInt(60)).toNanos());
        case 10 -> disturb(dice, asked);
        default -> {
          Map<BalanceKey, Long> least = least(before, told());
          Balance known = check(node, asked, dice);
          if (known != null) {
            answers++;
            assertThat(known.version())
                .as("step %d", step)
                .isGreaterThanOrEqualTo(least.getOrDefault(asked, -1L))
                .isLessThanOrEqualTo(version(asked));
          }
        }
      }
      if (nanos.get() - last >= MOMENT.toNanos()) {
        before = atLast;
        atLast = told();
        last = nanos.get();
      } else {
        // One that has fallen back tells less.
        before = least(before, told());
        atLast = least(atLast, told());
      }
    }
    assertThat(answers).isGreaterThan(STEPS / 5);
  }

  private Balance commit(BalanceKey key) {
    Map<BalanceKey, Long> next = new HashMap<>(history.get(history.size() - 1));
    next.merge(key, 0L, (version, none) -> version + 1);
    history.add(next);
    return balance(key, next.get(key));
  }

  private long version(BalanceKey key) {
    return history.get(history.size() - 1).getOrDefault(key, -1L);
  }

  /** As of the last snapshot that the copy was told of; nothing when it is not believed. */
  private Map<BalanceKey, Long> told() {
    CopyPlace place = repairs.place(tenant).orElseThrow();
    return place.believed() ? history.get(commits(place.seen())) : Map.of();
  }

  private static int commits(BalanceNews.Seen seen) {
    return Integer.parseInt(seen.snapshot().split(":")[0]);
  }

  private static Map<BalanceKey, Long> least(Map<BalanceKey, Long> one, Map<BalanceKey, Long> two) {
    Map<BalanceKey, Long> least = new HashMap<>();
    one.forEach((key, version) -> least.put(key, Math.min(version, two.getOrDefault(key, -1L))));
    return least;
  }

  /** What is known, or else read of the database, which a check may stand still with. */
  private Balance check(BalanceCopy node, BalanceKey key, Random dice) {
    CopyAnswer answer = node.read(tenant, List.of(key));
    Balance known = answer.balances().get(key);
    if (known == null && !answer.seen().isEmpty()) {
      Balance present = balance(key, version(key));
      Runnable fill =
          () -> node.fill(tenant, List.of(new Copied(present, Copied.Kind.KEPT)), answer.seen());
      run(fill, dice);
    }
    return known;
  }

  private void repair(Random dice) {
    CopyPlace place = repairs.place(tenant).orElseThrow();
    BalanceNews.Seen now =
        new BalanceNews.Seen("server", (history.size() - 1) + ":" + history.size() + ":");
    boolean whole = !place.epoch().isEmpty() && dice.nextInt(20) != 0;
    List<Balance> changed = new ArrayList<>();
    if (whole) {
      Map<BalanceKey, Long> then = history.get(commits(place.seen()));
      history
          .get(history.size() - 1)
          .forEach(
              (key, version) -> {
                if (!version.equals(then.get(key))) {
                  changed.add(balance(key, version));
                }
              });
    }
    run(() -> repairs.advance(tenant, place, new BalanceNews(now, whole, changed)), dice);
  }

  private void run(Runnable work, Random dice) {
    if (dice.nextInt(4) == 0) {
      standing.add(work);
    } else {
      work.run();
    }
  }

  private void goOn(Random dice) {
    if (!standing.isEmpty()) {
      standing.remove(dice.nextInt(standing.size())).run();
    }
  }

  private void disturb(Random dice, BalanceKey key) {
    switch (dice.nextInt(8)) {
      case 0 -> redis.del(BalanceText.feed(tenant));
      case 1, 2 -> redis.del(BalanceText.key(tenant, key));
      case 3 -> redis.del(BalanceText.believed(tenant));
      case 4 -> redis.del(BalanceText.place(tenant));
      case 5, 6 -> replica = dump();
      default -> restore();
    }
  }

  private Map<String, byte[]> dump() {
    Map<String, byte[]> all = new HashMap<>();
    redis.keys("platform:balance:{" + tenant + "}:*").forEach(k -> all.put(k, redis.dump(k)));
    return all;
  }

  private void restore() {
    redis.keys("platform:balance:{" + tenant + "}:*").forEach(redis::del);
    replica.forEach((name, value) -> redis.restore(name, LIFE.toMillis(), value));
  }

  private BalanceCopy node() {
    return RecentBalances.of(
        copy, new Caches(new SimpleMeterRegistry(), nanos::get), MOMENT, LONGEST);
  }

  private static BalanceKey key(String subject) {
    return new BalanceKey(new UUID(7, 7), subject, Instant.EPOCH);
  }

  private static Balance balance(BalanceKey key, long version) {
    return version < 0
        ? Balance.empty(key)
        : new Balance(key, 10 * version, 0, version, Told.NOTHING);
  }
}
