package io.platformapi.service.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.service.persistence.DatabaseUnavailableException;
import io.platformapi.service.testing.Latches;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SparseCacheTest {
  private static final Duration TTL = Duration.ofMinutes(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final int MAX = 100;

  private final AtomicLong time = new AtomicLong();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Caches caches = new Caches(meters, time::get);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, String> truth = new ConcurrentHashMap<>();
  private final AtomicInteger loads = new AtomicInteger();
  private volatile Runnable onLoad = () -> {};

  private final SparseCache<String> cache =
      caches.sparse(
          CacheKind.API_KEY,
          "sparse",
          this::load,
          Supplier::get,
          CacheOptions.<Optional<String>>of(MAX, TTL).whileAway(WhileAway.KEEP_UNCHANGED, HOUR));

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void valuesAndAbsencesAreAskedForOnceUntilTheirTimeIsOver() {
    truth.put("there", "a");
    for (int i = 0; i < 3; i++) {
      assertThat(cache.get("there")).contains("a");
      assertThat(cache.get("nobody")).isEmpty();
    }
    assertThat(loads).hasValue(2);
    pass(TTL);
    assertThat(cache.get("there")).contains("a");
    assertThat(cache.get("nobody")).isEmpty();
    assertThat(loads).hasValue(4);
    assertThat(gets("sparse", "hit")).isEqualTo(2);
    assertThat(gets("sparse-absent", "hit")).isEqualTo(2);
  }

  @Test
  void keysThatAreMadeUpDriveNoValuesOut() {
    List<String> keys = IntStream.range(0, MAX).mapToObj(n -> "key-" + n).toList();
    keys.forEach(key -> truth.put(key, key));
    keys.forEach(cache::get);
    for (int n = 0; n < 50 * MAX; n++) {
      cache.get("made-up-" + n);
    }
    loads.set(0);
    keys.forEach(key -> assertThat(cache.get(key)).contains(key));
    // The look-up of one that is made up needs a place for as long as it takes.
    assertThat(loads.get()).isLessThanOrEqualTo(2);
  }

  @Test
  void whatBeginsToBeIsThereAtOnceAndWhatEndsIsGone() {
    assertThat(cache.get("a")).isEmpty();
    change("a", "new");
    assertThat(cache.get("a")).contains("new");
    change("a", "newer");
    assertThat(cache.get("a")).contains("newer");
    change("a", null);
    assertThat(cache.get("a")).isEmpty();
    change("a", "again");
    assertThat(cache.get("a")).contains("again");
  }

  @Test
  void aValueWhoseFirstLoadBeganBeforeAChangeIsNotKept() throws Exception {
    truth.put("a", "old");
    CountDownLatch read = new CountDownLatch(1);
    CountDownLatch changed = new CountDownLatch(1);
    onLoad =
        () -> {
          onLoad = () -> {};
          read.countDown();
          Latches.pass(changed);
        };
    Future<Optional<String>> early = threads.submit(() -> cache.get("a"));
    Latches.pass(read);
    change("a", "new");
    assertThat(cache.get("a")).contains("new");
    changed.countDown();
    assertThat(early.get(5, TimeUnit.SECONDS)).contains("old");
    assertThat(cache.get("a")).contains("new");
  }

  @Test
  void whileTheTruthIsAwayWhatHasNotChangedIsAnsweredUntilItIsTooOld() {
    truth.put("same", "a");
    truth.put("changed", "b");
    List.of("same", "changed", "nobody").forEach(cache::get);
    onLoad =
        () -> {
          throw new DatabaseUnavailableException("away", null);
        };
    change("changed", "c");
    pass(TTL);
    for (int i = 0; i < 3; i++) {
      assertThat(cache.get("same")).contains("a");
      assertThat(cache.get("nobody")).isEmpty();
      assertThatThrownBy(() -> cache.get("changed"))
          .isInstanceOf(DatabaseUnavailableException.class);
      assertThatThrownBy(() -> cache.get("unasked"))
          .isInstanceOf(DatabaseUnavailableException.class);
      pass(Duration.ofSeconds(2));
    }
    pass(HOUR);
    assertThatThrownBy(() -> cache.get("same")).isInstanceOf(DatabaseUnavailableException.class);
    onLoad = () -> {};
    pass(Duration.ofSeconds(2));
    assertThat(cache.get("same")).contains("a");
    assertThat(cache.get("changed")).contains("c");
  }

  private Optional<String> load(String key) {
    loads.incrementAndGet();
    Optional<String> read = Optional.ofNullable(truth.get(key));
    onLoad.run();
    return read;
  }

  private void change(String key, String value) {
    if (value == null) {
      truth.remove(key);
    } else {
      truth.put(key, value);
    }
    caches.invalidated(new Change(CacheKind.API_KEY, key), ChangeSource.LOCAL);
  }

  private void pass(Duration duration) {
    time.addAndGet(duration.toNanos());
  }

  private double gets(String cacheName, String result) {
    return meters
        .get("platform.cache.gets")
        .tags("cache", cacheName, "result", result)
        .functionCounter()
        .count();
  }
}
