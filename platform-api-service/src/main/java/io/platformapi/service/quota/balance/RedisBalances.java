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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The copy of balances that all nodes share in Redis. What it holds is believed as long as the
 * database tells it what has changed ({@link RedisRepairs}), what grows old by itself for a short
 * time, so that a change which nobody could tell it is not missed for longer.
 */
public final class RedisBalances implements BalanceCopy {
  /** Redis does nothing else during a call. */
  static final int MOST_AT_ONCE = 500;

  /** For memory's sake alone. */
  private static final Duration KEPT = Duration.ofMinutes(10);

  private final long passing;
  private final long kept;
  private final Clock clock;
  private final AgingBalances aging = new AgingBalances();
  private final AskedTenants asked = new AskedTenants();
  private final String node = UUID.randomUUID() + "-";
  private final AtomicLong feeds = new AtomicLong();
  private final RedisCalls.Kind reads;
  private final RedisCalls.Kind writes;
  private final RedisCalls.Kind follows;
  private final Counter hits;
  private final Counter misses;
  private final Counter unreadable;

  /**
   * @param passing life of what grows old by itself
   * @param clock of this node; that of another one need not agree
   */
  public RedisBalances(RedisCalls calls, Duration passing, MeterRegistry meters, Clock clock) {
    this.passing = passing.toMillis();
    this.kept = Math.max(KEPT.toMillis(), this.passing);
    this.clock = clock;
    this.reads = calls.kind("read");
    this.writes = calls.kind("write");
    this.follows = calls.kind("follow");
    this.hits = balances(meters, "hit");
    this.misses = balances(meters, "miss");
    this.unreadable = balances(meters, "unreadable");
  }

  @Override
  public CopyAnswer read(String tenantId, List<BalanceKey> keys) {
    String[] names = new String[keys.size() + 1];
    names[0] = BalanceText.believed(tenantId);
    for (int i = 0; i < keys.size(); i++) {
      names[i + 1] = BalanceText.key(tenantId, keys.get(i));
    }
    List<String> texts = reads.ask(redis -> redis.mget(names)).orElse(null);
    return texts == null ? CopyAnswer.NOTHING : found(tenantId, keys, texts);
  }

  @Override
  public Map<String, List<BalanceKey>> aging() {
    return aging.take();
  }

  /** See {@link CopyRepairs#asked}. */
  Map<String, Boolean> asked() {
    return asked.take();
  }

  private CopyAnswer found(String tenantId, List<BalanceKey> keys, List<String> texts) {
    long now = clock.millis();
    String seen = texts.get(0) == null ? NOT_SEEN : texts.get(0);
    asked.add(tenantId, !seen.isEmpty());
    Map<BalanceKey, Balance> found = new HashMap<>();
    Set<BalanceKey> brief = Set.of();
    int bad = 0;
    for (int i = 0; i < keys.size(); i++) {
      BalanceKey key = keys.get(i);
      String text = texts.get(i + 1);
      BalanceText.Stored stored = BalanceText.read(key, text, seen).orElse(null);
      if (stored == null) {
        bad += text == null ? 0 : 1;
      } else if (stored.copied().believed()) {
        found.put(key, stored.copied().balance());
        if (stored.copied().kind() == Copied.Kind.PASSING) {
          brief = brief.isEmpty() ? new HashSet<>() : brief;
          brief.add(key);
        }
        if (stored.renewAt() <= now) {
          aging.add(tenantId, key);
        }
      }
    }
    count(hits, found.size());
    count(misses, keys.size() - found.size() - bad);
    count(unreadable, bad);
    return new CopyAnswer(found, brief, seen);
  }

  private static void count(Counter counter, int times) {
    if (times > 0) {
      counter.increment(times);
    }
  }

  @Override
  public String seen(String tenantId) {
    return reads.ask(redis -> redis.mget(BalanceText.believed(tenantId)).get(0)).orElse(NOT_SEEN);
  }

  @Override
  public void tell(String tenantId, Collection<Balance> balances) {
    for (List<Balance> some : parts(balances)) {
      List<String> keys = new ArrayList<>(some.size() + 1);
      List<String> arguments = new ArrayList<>(some.size() + 2);
      arguments.add(newFeed());
      arguments.add(Long.toString(passing));
      for (Balance balance : some) {
        keys.add(BalanceText.key(tenantId, balance.key()));
        arguments.add(BalanceText.told(balance));
      }
      keys.add(BalanceText.feed(tenantId));
      writes.ask(redis -> BalanceScripts.TELL.run(redis, keys, arguments));
    }
  }

  @Override
  public void fill(String tenantId, Collection<Copied> balances, String seen) {
    if (seen.isEmpty()) {
      // They can be told of: they were committed.
      tell(tenantId, kept(balances));
      fillSome(tenantId, passing(balances), seen);
    } else {
      fillSome(tenantId, balances, seen);
    }
  }

  private static List<Balance> kept(Collection<Copied> balances) {
    return balances.stream()
        .filter(copied -> copied.kind() != Copied.Kind.PASSING)
        .map(Copied::balance)
        .toList();
  }

  private static List<Copied> passing(Collection<Copied> balances) {
    return balances.stream().filter(copied -> copied.kind() == Copied.Kind.PASSING).toList();
  }

  private void fillSome(String tenantId, Collection<Copied> balances, String seen) {
    for (List<Copied> some : parts(balances)) {
      List<String> keys = new ArrayList<>(some.size() + 2);
      List<String> arguments = new ArrayList<>(some.size() + 4);
      arguments.addAll(List.of(newFeed(), Long.toString(passing), Long.toString(kept), seen));
      for (Copied copied : some) {
        keys.add(BalanceText.key(tenantId, copied.balance().key()));
        arguments.add(BalanceText.filled(copied, renewAt(copied), seen));
      }
      keys.add(BalanceText.feed(tenantId));
      keys.add(BalanceText.believed(tenantId));
      writes.ask(redis -> BalanceScripts.FILL.run(redis, keys, arguments));
    }
  }

  /** In its second half; not all at once that were filled at once. */
  private long renewAt(Copied copied) {
    return clock.millis()
        + (copied.kind() == Copied.Kind.PASSING
            ? passing / 2
            : kept / 2 + ThreadLocalRandom.current().nextLong(kept / 4));
  }

  private static <T> List<List<T>> parts(Collection<T> whole) {
    List<T> all = List.copyOf(whole);
    List<List<T>> parts = new ArrayList<>();
    for (int from = 0; from < all.size(); from += MOST_AT_ONCE) {
      parts.add(all.subList(from, Math.min(all.size(), from + MOST_AT_ONCE)));
    }
    return parts;
  }

  @Override
  public Optional<CopyChanges> since(String tenantId, CopyChanges.Place place) {
    List<String> keys = List.of(BalanceText.feed(tenantId), BalanceText.believed(tenantId));
    List<String> arguments = List.of(place.feed(), Long.toString(place.number()), newFeed());
    return follows
        .ask(redis -> (List<?>) BalanceScripts.FOLLOW.run(redis, keys, arguments))
        .map(answer -> changes(tenantId, answer));
  }

  /** The name of a feed, should one begin: no other has it. */
  String newFeed() {
    return node + feeds.incrementAndGet();
  }

  /** Milliseconds for which Redis keeps what is asked for. */
  long kept() {
    return kept;
  }

  private CopyChanges changes(String tenantId, List<?> answer) {
    String seen = (String) answer.get(0);
    asked.add(tenantId, !seen.isEmpty());
    CopyChanges.Place now =
        new CopyChanges.Place((String) answer.get(1), Long.parseLong((String) answer.get(2)));
    if (answer.size() == 3) {
      return new CopyChanges(now, BalanceText.epoch(seen), false, List.of());
    }
    List<?> keys = (List<?>) answer.get(3);
    List<?> values = (List<?>) answer.get(4);
    List<Copied> balances = new ArrayList<>(keys.size());
    for (int i = 0; i < keys.size(); i++) {
      String value = (String) values.get(i);
      BalanceText.parse(tenantId, (String) keys.get(i))
          .flatMap(key -> BalanceText.read(key, value, seen))
          .ifPresent(stored -> balances.add(stored.copied()));
    }
    // What has changed and is not there any more nobody can tell.
    boolean whole = balances.size() == keys.size();
    return new CopyChanges(now, BalanceText.epoch(seen), whole, balances);
  }

  private static Counter balances(MeterRegistry meters, String outcome) {
    return Counter.builder("platform.quota.copy.balances")
        .tag("outcome", outcome)
        .description("Balances that the copy was asked for")
        .register(meters);
  }
}
