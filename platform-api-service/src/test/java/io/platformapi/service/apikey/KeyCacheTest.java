package io.platformapi.service.apikey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.routes.message.Invalidation;
import io.platformapi.service.auth.ApiKeys;
import io.platformapi.service.cache.CacheKind;
import io.platformapi.service.cache.Caches;
import io.platformapi.service.persistence.DatabaseUnavailableException;
import io.platformapi.service.problem.UnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeyCacheTest {
  private static final Duration STALE_AT_MOST = Duration.ofMinutes(5);

  private final AtomicLong time = new AtomicLong();
  private final Caches caches = new Caches(new SimpleMeterRegistry(), time::get);
  private final Map<String, StoredKey> database = new ConcurrentHashMap<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger asking = new AtomicInteger();
  private final CountDownLatch answered = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile boolean away;
  private volatile boolean slow;
  private final KeyCache cache = new KeyCache(this::find, caches, STALE_AT_MOST);

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void theDatabaseIsAskedOnceForAKeyAndOnceForAPrefixThatNobodyHas() {
    StoredKey key = store("known", false);
    for (int i = 0; i < 100; i++) {
      assertThat(cache.find("known")).contains(key);
      assertThat(cache.find("made up")).isEmpty();
    }
    assertThat(asked).hasValue(2);
  }

  @Test
  void noMoreThanFourPrefixesAreAskedForAtOnceAndKnownKeysDoNotWait() throws Exception {
    StoredKey key = store("known", false);
    cache.find("known");
    slow = true;
    List<Future<Optional<StoredKey>>> strangers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      String prefix = "made up " + i;
      strangers.add(threads.submit(() -> cache.find(prefix)));
    }
    await().atMost(Duration.ofSeconds(20)).until(() -> asking.get() == 4);
    time.addAndGet(Duration.ofSeconds(31).toNanos());
    slow = false;
    assertThat(cache.find("known")).as("though it must be asked for again").contains(key);
    slow = true;

    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> strangers.stream().filter(Future::isDone).count() == 6);
    for (Future<?> stranger : strangers.stream().filter(Future::isDone).toList()) {
      assertThatThrownBy(stranger::get).hasCauseInstanceOf(UnavailableException.class);
    }
    assertThat(asking).hasValue(4);
    answered.countDown();
    time.addAndGet(Duration.ofSeconds(2).toNanos());
    for (int i = 0; i < 10; i++) {
      assertThat(cache.find("made up " + i)).isEmpty();
    }
  }

  @Test
  void whileTheDatabaseIsAwayAKeyIsKnownUntilItIsTooOldUnlessItHasChanged() {
    StoredKey key = store("known", false);
    store("revoked elsewhere", false);
    cache.find("known");
    cache.find("revoked elsewhere");
    away = true;
    time.addAndGet(Duration.ofMinutes(4).toNanos());
    caches.hinted(new Invalidation(CacheKind.API_KEY.code(), "revoked elsewhere"));
    assertThat(cache.find("known")).contains(key);
    assertThatThrownBy(() -> cache.find("revoked elsewhere"))
        .isInstanceOf(DatabaseUnavailableException.class);
    assertThatThrownBy(() -> cache.find("never seen"))
        .isInstanceOf(DatabaseUnavailableException.class);
    time.addAndGet(Duration.ofMinutes(1).toNanos());
    assertThatThrownBy(() -> cache.find("known")).isInstanceOf(DatabaseUnavailableException.class);
    away = false;
    time.addAndGet(Duration.ofSeconds(2).toNanos());
    assertThat(cache.find("known")).contains(key);
  }

  @Test
  void aChangeIsBelievedAtOnce() {
    store("prefix", false);
    assertThat(cache.find("prefix").orElseThrow().revoked()).isFalse();
    store("prefix", true);
    assertThat(cache.find("prefix").orElseThrow().revoked()).isFalse();
    caches.hinted(new Invalidation(CacheKind.API_KEY.code(), "prefix"));
    assertThat(cache.find("prefix").orElseThrow().revoked()).isTrue();
    assertThat(cache.find("new")).isEmpty();
    store("new", false);
    caches.hinted(new Invalidation(CacheKind.API_KEY.code(), "new"));
    assertThat(cache.find("new")).isPresent();
  }

  private Optional<StoredKey> find(String prefix) {
    if (away) {
      throw new DatabaseUnavailableException("away", null);
    }
    asked.incrementAndGet();
    if (slow) {
      asking.incrementAndGet();
      try {
        assertThat(answered.await(20, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    return Optional.ofNullable(database.get(prefix));
  }

  private StoredKey store(String prefix, boolean revoked) {
    UUID id = UUID.randomUUID();
    StoredKey key =
        new StoredKey(
            id,
            new KeyHash("pepper", new byte[32]),
            new ApiKeys.Holder(id.toString(), "acme", Set.of(), Instant.EPOCH, null),
            revoked);
    database.put(prefix, key);
    return key;
  }
}
