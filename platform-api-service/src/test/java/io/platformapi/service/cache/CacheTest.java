package io.platformapi.service.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.service.persistence.DatabaseUnavailableException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CacheTest {
  private static final Duration TTL = Duration.ofMinutes(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final CacheKind KIND = CacheKind.SUBJECT;

  private final AtomicLong time = new AtomicLong();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Caches caches = new Caches(meters, time::get);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger loads = new AtomicInteger();
  private final AtomicReference<RuntimeException> failure = new AtomicReference<>();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void aValueIsLoadedOnceUntilItsTimeIsOver() {
    Cache<String> cache = cache(CacheOptions.of(10, TTL));
    assertThat(cache.get("a")).isEqualTo("a1").isSameAs(cache.get("a"));
    pass(TTL.minusNanos(1));
    assertThat(cache.get("a")).isEqualTo("a1");
    pass(Duration.ofNanos(1));
    assertThat(cache.get("a")).isEqualTo("a2");
  }

  @Test
  void anAbsenceIsKeptForItsOwnTime() {
    AtomicReference<Optional<String>> truth = new AtomicReference<>(Optional.empty());
    Cache<Optional<String>> cache =
        caches.keyed(
            KIND,
            "absences",
            key -> truth.get(),
            CacheOptions.of(10, value -> value.isEmpty() ? Duration.ofSeconds(1) : TTL));
    assertThat(cache.get("a")).isEmpty();
    truth.set(Optional.of("there"));
    assertThat(cache.get("a")).isEmpty();
    pass(Duration.ofSeconds(1));
    assertThat(cache.get("a")).contains("there");
    truth.set(Optional.empty());
    pass(Duration.ofSeconds(1));
    assertThat(cache.get("a")).contains("there");
  }

  @Test
  void aValueWithoutTimeToLiveIsNotKept() {
    Cache<String> cache = cache(CacheOptions.of(10, Duration.ZERO));
    assertThat(cache.get("a")).isEqualTo("a1");
    assertThat(cache.get("a")).isEqualTo("a2");
    assertThat(cache.size()).isZero();
  }

  @Test
  void aChangeForgetsItsKeyAndNoOther() {
    Cache<String> cache = cache(CacheOptions.of(10, TTL));
    cache.get("a");
    cache.get("b");
    change("a");
    assertThat(cache.get("b")).isEqualTo("b2");
    assertThat(cache.get("a")).isEqualTo("a3");
  }

  @Test
  void aChangeOfAllBelowAKeyForgetsThoseAndAChangeOfAllForgetsAll() {
    Cache<String> cache = cache(CacheOptions.of(10, TTL));
    cache.get("acme/a");
    cache.get("acme/b");
    cache.get("acme2/a");
    change("acme/*");
    assertThat(cache.get("acme2/a")).isEqualTo("acme2/a3");
    assertThat(cache.get("acme/a")).isEqualTo("acme/a4");
    change(Change.ALL);
    assertThat(cache.get("acme2/a")).isEqualTo("acme2/a5");
  }

  @Test
  void aChangeOfAnotherKindForgetsNothing() {
    Cache<String> cache = cache(CacheOptions.of(10, TTL));
    cache.get("a");
    caches.invalidated(new Change(CacheKind.POLICY, Change.ALL), ChangeSource.POLL);
    assertThat(cache.get("a")).isEqualTo("a1");
  }

  @Test
  void everyChangeEmptiesACacheWhoseKeysAreOthers() {
    Cache<String> cache = cache(CacheOptions.<String>of(10, TTL).withEveryChange());
    cache.get("a");
    change("acme");
    assertThat(cache.get("a")).isEqualTo("a2");
  }

  @Test
  void aValueWhoseLoadingBeganBeforeAChangeIsNotKept() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch changed = new CountDownLatch(1);
    AtomicReference<String> truth = new AtomicReference<>("old");
    Cache<String> cache =
        caches.keyed(
            KIND,
            "race",
            key -> {
              String read = truth.get();
              if (read.equals("old")) {
                reading.countDown();
                await(changed);
              }
              return read;
            },
            CacheOptions.of(10, TTL));
    Future<String> early = threads.submit(() -> cache.get("a"));
    await(reading);
    truth.set("new");
    change("a");
    assertThat(cache.get("a")).isEqualTo("new");
    changed.countDown();
    assertThat(early.get(5, TimeUnit.SECONDS)).isEqualTo("old");
    assertThat(cache.get("a")).isEqualTo("new");
  }

  @Test
  void changesThatMeetLoadsNeverLeaveAnOldValue() throws Exception {
    AtomicLong truth = new AtomicLong();
    Cache<Long> cache = caches.keyed(KIND, "storm", key -> truth.get(), CacheOptions.of(10, HOUR));
    CompletableFuture<Void> end = new CompletableFuture<>();
    Future<?>[] readers = new Future<?>[3];
    for (int i = 0; i < readers.length; i++) {
      readers[i] =
          threads.submit(
              () -> {
                while (!end.isDone()) {
                  long before = truth.get();
                  // The value before the change is fine for one that asked before it was told.
                  assertThat(cache.get("a")).isGreaterThanOrEqualTo(before - 1);
                }
                return null;
              });
    }
    for (int i = 0; i < 20_000; i++) {
      long written = truth.incrementAndGet();
      change("a");
      assertThat(cache.get("a")).isEqualTo(written);
    }
    end.complete(null);
    for (Future<?> reader : readers) {
      reader.get(5, TimeUnit.SECONDS);
    }
  }

  @Test
  void whoeverAsksDuringALoadWaitsForIt() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Cache<String> cache =
        caches.keyed(
            KIND,
            "shared",
            key -> {
              reading.countDown();
              await(go);
              return key + loads.incrementAndGet();
            },
            CacheOptions.of(10, TTL));
    Future<String> first = threads.submit(() -> cache.get("a"));
    await(reading);
    Future<String> second = threads.submit(() -> cache.get("a"));
    go.countDown();
    assertThat(first.get(5, TimeUnit.SECONDS)).isEqualTo("a1");
    assertThat(second.get(5, TimeUnit.SECONDS)).isEqualTo("a1");
  }

  @Test
  void anExceptionIsNotKept() {
    Cache<String> cache = cache(CacheOptions.of(10, TTL));
    failure.set(new IllegalArgumentException("no such key"));
    assertThatThrownBy(() -> cache.get("a")).isInstanceOf(IllegalArgumentException.class);
    failure.set(null);
    assertThat(cache.get("a")).isEqualTo("a2");
  }

  @Test
  void aValueThatWillNotDoIsLoadedAnew() {
    Cache<String> cache = cache(CacheOptions.of(10, TTL));
    cache.get("a");
    assertThat(cache.get("a", value -> value.equals("a1"), () -> "other")).isEqualTo("a1");
    assertThat(cache.get("a", value -> value.equals("x"), () -> "other")).isEqualTo("other");
    assertThat(cache.get("a")).isEqualTo("other");
  }

  @Test
  void onlySoManyEntriesAreKept() {
    Cache<String> cache = cache(CacheOptions.of(100, TTL));
    for (int i = 0; i < 1_000; i++) {
      cache.get("key" + i);
    }
    assertThat(cache.size()).isLessThanOrEqualTo(100);
  }

  @Test
  void aLoaderThatAsksForItsOwnValueIsToldSo() {
    AtomicReference<Cache<String>> self = new AtomicReference<>();
    self.set(caches.keyed(KIND, "self", key -> self.get().get(key), CacheOptions.of(10, TTL)));
    assertThatThrownBy(() -> self.get().get("a")).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void withoutTheTruthAnExpiredValueIsRefusedAndTheTruthLeftAloneForAMoment() {
    Cache<String> cache = cache(CacheOptions.of(10, TTL));
    cache.get("a");
    truthGoesAway();
    assertThat(cache.get("a")).isEqualTo("a1");
    pass(TTL);
    assertThatThrownBy(() -> cache.get("a")).isInstanceOf(DatabaseUnavailableException.class);
    assertThatThrownBy(() -> cache.get("a")).isInstanceOf(DatabaseUnavailableException.class);
    assertThat(loads).hasValue(2);
    failure.set(null);
    pass(Duration.ofSeconds(1));
    assertThat(cache.get("a")).isEqualTo("a3");
  }

  @Test
  void aChangeIsLookedUpEvenWhileTheTruthIsLeftAlone() {
    Cache<String> cache = cache(CacheOptions.of(10, TTL));
    truthGoesAway();
    assertThatThrownBy(() -> cache.get("a")).isInstanceOf(DatabaseUnavailableException.class);
    failure.set(null);
    change("a");
    assertThat(cache.get("a")).isEqualTo("a2");
  }

  @Test
  void withoutTheTruthAnExpiredValueIsKeptWhereThatIsAllowedButNotForEver() {
    Cache<String> cache =
        cache(CacheOptions.<String>of(10, TTL).whileAway(WhileAway.KEEP_UNCHANGED, HOUR));
    cache.get("a");
    pass(TTL);
    truthGoesAway();
    assertThat(cache.get("a")).isEqualTo("a1");
    assertThat(cache.get("a")).isEqualTo("a1");
    assertThat(loads).hasValue(2);
    assertThat(counted("stale")).isEqualTo(2);
    pass(HOUR);
    assertThatThrownBy(() -> cache.get("a")).isInstanceOf(DatabaseUnavailableException.class);
  }

  @Test
  void theTruthIsAskedAgainSoonAfterItWasAway() {
    Cache<String> cache =
        cache(CacheOptions.<String>of(10, TTL).whileAway(WhileAway.KEEP_UNCHANGED, HOUR));
    cache.get("a");
    pass(TTL);
    truthGoesAway();
    cache.get("a");
    failure.set(null);
    pass(Duration.ofSeconds(1));
    assertThat(cache.get("a")).isEqualTo("a3");
  }

  @Test
  void aValueKnownToHaveChangedIsKeptOnlyWhereThatIsAllowed() {
    Cache<String> strict =
        cache(CacheOptions.<String>of(10, TTL).whileAway(WhileAway.KEEP_UNCHANGED, HOUR));
    Cache<String> lax =
        caches.keyed(
            KIND,
            "lax",
            this::load,
            CacheOptions.<String>of(10, TTL).whileAway(WhileAway.KEEP, HOUR));
    strict.get("a");
    String kept = lax.get("a");
    truthGoesAway();
    change("a");
    assertThatThrownBy(() -> strict.get("a")).isInstanceOf(DatabaseUnavailableException.class);
    assertThat(lax.get("a")).isEqualTo(kept);
    failure.set(null);
    change("a");
    assertThat(lax.get("a")).isNotEqualTo(kept);
  }

  @Test
  void aChangeDuringALoadThatFailsEndsTheOldValue() {
    AtomicReference<Runnable> during = new AtomicReference<>(() -> {});
    Cache<String> cache =
        caches.keyed(
            KIND,
            "during",
            key -> {
              during.get().run();
              return load(key);
            },
            CacheOptions.<String>of(10, TTL).whileAway(WhileAway.KEEP_UNCHANGED, HOUR));
    cache.get("a");
    pass(TTL);
    truthGoesAway();
    during.set(() -> change("a"));
    assertThatThrownBy(() -> cache.get("a")).isInstanceOf(DatabaseUnavailableException.class);
  }

  @Test
  void metersTellHitsMissesSizeAgeAndInvalidations() {
    Cache<String> cache = cache(CacheOptions.of(10, TTL));
    cache.get("a");
    cache.get("a");
    cache.get("b");
    pass(Duration.ofSeconds(3));
    assertThat(counted("hit")).isEqualTo(1);
    assertThat(counted("miss")).isEqualTo(2);
    assertThat(meters.get("platform.cache.size").gauge().value()).isEqualTo(2);
    assertThat(meters.get("platform.cache.age").gauge().value()).isEqualTo(3);
    change("a");
    assertThat(
            meters
                .get("platform.cache.invalidations")
                .tags("kind", "subject", "source", "redis")
                .counter()
                .count())
        .isEqualTo(1);
    assertThat(meters.get("platform.cache.size").gauge().value()).isEqualTo(1);
  }

  private Cache<String> cache(CacheOptions<String> options) {
    return caches.keyed(KIND, "test", this::load, options);
  }

  private String load(String key) {
    int number = loads.incrementAndGet();
    if (failure.get() != null) {
      throw failure.get();
    }
    return key + number;
  }

  private void truthGoesAway() {
    failure.set(new DatabaseUnavailableException("away", null));
  }

  private void change(String key) {
    caches.invalidated(new Change(KIND, key), ChangeSource.REDIS);
  }

  private void pass(Duration by) {
    time.addAndGet(by.toNanos());
  }

  private double counted(String result) {
    return meters
        .get("platform.cache.gets")
        .tags("cache", "test", "result", result)
        .functionCounter()
        .count();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(5, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
