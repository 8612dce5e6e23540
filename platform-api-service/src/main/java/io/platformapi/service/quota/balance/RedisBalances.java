package io.platformapi.service.quota.balance;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * The copy of balances that all nodes share in Redis. What it holds goes after a while whatever
 * happens, so that a change which nobody could tell it is not missed for longer.
 */
public final class RedisBalances implements BalanceCopy {
  private static final Logger LOG = LoggerFactory.getLogger(RedisBalances.class);
  private static final int FAILURES = 3;
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** Redis does nothing else during a call. */
  private static final int MOST_AT_ONCE = 500;

  private final RedisClient redis;
  private final Breaker breaker;
  private final long life;
  private final Clock clock;
  private final AgingBalances aging = new AgingBalances();
  private final String node = UUID.randomUUID() + "-";
  private final AtomicLong feeds = new AtomicLong();
  private final Counted reads;
  private final Counted writes;
  private final Counted follows;
  private final Counter hits;
  private final Counter misses;
  private final Counter unreadable;

  /**
   * @param redis must have short timeouts and few connections
   * @param life of what is written
   * @param clock of this node; that of another one need not agree
   * @param nanos as {@link System#nanoTime} has it
   */
  public RedisBalances(
      RedisClient redis, Duration life, MeterRegistry meters, Clock clock, LongSupplier nanos) {
    this.redis = redis;
    this.life = life.toMillis();
    this.clock = clock;
    this.breaker = new Breaker(FAILURES, PAUSE, nanos);
    this.reads = Counted.of(meters, "read");
    this.writes = Counted.of(meters, "write");
    this.follows = Counted.of(meters, "follow");
    this.hits = balances(meters, "hit");
    this.misses = balances(meters, "miss");
    this.unreadable = balances(meters, "unreadable");
  }

  @Override
  public Map<BalanceKey, Balance> read(String tenantId, List<BalanceKey> keys) {
    String[] names = new String[keys.size()];
    for (int i = 0; i < names.length; i++) {
      names[i] = BalanceText.key(tenantId, keys.get(i));
    }
    List<String> texts = ask(reads, () -> redis.mget(names)).orElse(null);
    return texts == null ? Map.of() : found(tenantId, keys, texts);
  }

  @Override
  public Map<String, List<BalanceKey>> aging() {
    return aging.take();
  }

  private Map<BalanceKey, Balance> found(
      String tenantId, List<BalanceKey> keys, List<String> texts) {
    long now = clock.millis();
    Map<BalanceKey, Balance> found = new HashMap<>();
    int bad = 0;
    for (int i = 0; i < texts.size(); i++) {
      BalanceKey key = keys.get(i);
      BalanceText.Copied copied = BalanceText.read(key, texts.get(i)).orElse(null);
      if (copied != null) {
        found.put(key, copied.balance());
        if (copied.renewAt() <= now) {
          aging.add(tenantId, key);
        }
      } else if (texts.get(i) != null) {
        bad++;
      }
    }
    count(hits, found.size());
    count(misses, keys.size() - found.size() - bad);
    count(unreadable, bad);
    return found;
  }

  private static void count(Counter counter, int times) {
    if (times > 0) {
      counter.increment(times);
    }
  }

  @Override
  public void write(String tenantId, Collection<Balance> balances) {
    List<Balance> all = List.copyOf(balances);
    for (int from = 0; from < all.size(); from += MOST_AT_ONCE) {
      writeSome(tenantId, all.subList(from, Math.min(all.size(), from + MOST_AT_ONCE)));
    }
  }

  private void writeSome(String tenantId, List<Balance> balances) {
    List<String> keys = new ArrayList<>(balances.size() + 1);
    List<String> arguments = new ArrayList<>(balances.size() + 2);
    arguments.add(Long.toString(life));
    arguments.add(newFeed());
    long renewAt = clock.millis() + life / 2;
    for (Balance balance : balances) {
      keys.add(BalanceText.key(tenantId, balance.key()));
      arguments.add(BalanceText.value(balance, renewAt));
    }
    keys.add(BalanceText.feed(tenantId));
    ask(writes, () -> BalanceScripts.KEEP_NEWER.run(redis, keys, arguments));
  }

  @Override
  public Optional<CopyChanges> since(String tenantId, CopyChanges.Place place) {
    List<String> arguments = List.of(place.feed(), Long.toString(place.number()), newFeed());
    return ask(
            follows,
            () -> BalanceScripts.FOLLOW.run(redis, List.of(BalanceText.feed(tenantId)), arguments))
        .map(answer -> changes(tenantId, (List<?>) answer));
  }

  /** The name of a feed, should one begin: no other has it. */
  private String newFeed() {
    return node + feeds.incrementAndGet();
  }

  private static CopyChanges changes(String tenantId, List<?> answer) {
    CopyChanges.Place now =
        new CopyChanges.Place((String) answer.get(0), Long.parseLong((String) answer.get(1)));
    if (answer.size() == 2) {
      return new CopyChanges(now, false, List.of());
    }
    List<?> keys = (List<?>) answer.get(2);
    List<?> values = (List<?>) answer.get(3);
    List<Balance> balances = new ArrayList<>(keys.size());
    for (int i = 0; i < keys.size(); i++) {
      String value = (String) values.get(i);
      BalanceText.parse(tenantId, (String) keys.get(i))
          .flatMap(key -> BalanceText.read(key, value))
          .ifPresent(copied -> balances.add(copied.balance()));
    }
    // What has changed and is not there any more nobody can tell.
    boolean whole = balances.size() == keys.size();
    return new CopyChanges(now, whole, balances);
  }

  /** Empty when there is no answer. */
  private <T> Optional<T> ask(Counted operation, Supplier<T> question) {
    if (!breaker.closed()) {
      operation.skipped.increment();
      return Optional.empty();
    }
    try {
      Optional<T> answer = Optional.ofNullable(question.get());
      breaker.succeeded();
      operation.ok.increment();
      return answer;
    } catch (JedisException e) {
      operation.failed.increment();
      failed(e);
      return Optional.empty();
    }
  }

  private void failed(JedisException failure) {
    if (failure instanceof JedisConnectionException) {
      // The others lead to the same server that is gone.
      redis.getPool().clear();
    }
    if (breaker.failed()) {
      LOG.warn("balances are asked of PostgreSQL alone: {}", failure.getMessage());
    }
  }

  /**
   * @param skipped not even asked, because Redis has failed again and again
   */
  private record Counted(Counter ok, Counter failed, Counter skipped) {
    static Counted of(MeterRegistry meters, String operation) {
      return new Counted(
          counter(meters, operation, "ok"),
          counter(meters, operation, "failed"),
          counter(meters, operation, "skipped"));
    }

    private static Counter counter(MeterRegistry meters, String operation, String outcome) {
      return Counter.builder("platform.quota.copy.operations")
          .tag("operation", operation)
          .tag("outcome", outcome)
          .description("Calls of the copy of balances in Redis")
          .register(meters);
    }
  }

  private static Counter balances(MeterRegistry meters, String outcome) {
    return Counter.builder("platform.quota.copy.balances")
        .tag("outcome", outcome)
        .description("Balances that the copy was asked for")
        .register(meters);
  }
}
