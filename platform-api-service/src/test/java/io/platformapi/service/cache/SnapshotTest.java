package io.platformapi.service.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.service.persistence.DatabaseUnavailableException;
import java.time.Duration;
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

class SnapshotTest {
  private static final Change CHANGE = new Change(CacheKind.TENANT, "acme");
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final AtomicLong time = new AtomicLong();
  private final AtomicReference<String> truth = new AtomicReference<>("one");
  private final AtomicReference<RuntimeException> failure = new AtomicReference<>();
  private final AtomicInteger loads = new AtomicInteger();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Caches caches = new Caches(new SimpleMeterRegistry(), time::get);
  private Snapshot<String> snapshot = snapshot("test", Duration.ofHours(1));

  @AfterEach
  void stop() {
    threads.shutdownNow();
    caches.stop();
  }

  @Test
  void theFirstValueIsTheInitialOneUntilTheBackgroundHasLoaded() {
    assertThat(snapshot.get()).isEmpty();
    caches.start();
    await().atMost(Duration.ofSeconds(5)).until(() -> snapshot.get().equals("one"));
  }

  @Test
  void theBackgroundLoadsAgainAndAgain() {
    Snapshot<String> quick = snapshot("quick", Duration.ofMillis(10));
    caches.start();
    truth.set("two");
    await().atMost(Duration.ofSeconds(5)).until(() -> quick.get().equals("two"));
    truth.set("three");
    await().atMost(Duration.ofSeconds(5)).until(() -> quick.get().equals("three"));
  }

  @Test
  void aChangeOfThisNodeIsInForceWhenItsInvalidationReturns() {
    snapshot.refresh();
    truth.set("two");
    caches.invalidated(CHANGE, ChangeSource.LOCAL);
    assertThat(snapshot.get()).isEqualTo("two");
  }

  @Test
  void aChangeOfAnotherNodeIsLoadedAtOnceInTheBackground() {
    snapshot.refresh();
    truth.set("two");
    caches.invalidated(CHANGE, ChangeSource.REDIS);
    await().atMost(Duration.ofSeconds(5)).until(() -> snapshot.get().equals("two"));
  }

  @Test
  void aLoadThatBeganBeforeAChangeDoesNotStandForIt() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch changed = new CountDownLatch(1);
    snapshot =
        caches.whole(
            CacheKind.TENANT,
            "race",
            "",
            () -> {
              String read = truth.get();
              if (read.equals("one")) {
                reading.countDown();
                awaited(changed);
              }
              return read;
            },
            new SnapshotOptions<>(Duration.ofHours(1), RETRY, String::length));
    Future<String> early = threads.submit(() -> snapshot.refresh());
    awaited(reading);
    truth.set("two");
    Thread told = new Thread(() -> caches.invalidated(CHANGE, ChangeSource.LOCAL));
    told.start();
    await().atMost(Duration.ofSeconds(5)).until(() -> told.getState() == Thread.State.BLOCKED);
    changed.countDown();
    told.join(5_000);
    early.get(5, TimeUnit.SECONDS);
    assertThat(snapshot.get()).isEqualTo("two");
  }

  @Test
  void theSameValueLoadedAgainIsTheSameObject() {
    String first = snapshot.refresh();
    truth.set(new String("one"));
    assertThat(snapshot.refresh()).isSameAs(first);
  }

  @Test
  void whatIsKnownIsKeptAndTheTruthLeftAloneForAMomentWhileItIsAway() {
    snapshot.refresh();
    failure.set(new DatabaseUnavailableException("away", null));
    assertThatThrownBy(snapshot::refresh).isInstanceOf(DatabaseUnavailableException.class);
    assertThatThrownBy(snapshot::refresh).isInstanceOf(DatabaseUnavailableException.class);
    caches.invalidated(CHANGE, ChangeSource.LOCAL);
    assertThat(loads).hasValue(2);
    assertThat(snapshot.get()).isEqualTo("one");
    failure.set(null);
    truth.set("two");
    time.addAndGet(RETRY.toNanos());
    assertThat(snapshot.refresh()).isEqualTo("two");
  }

  @Test
  void theBackgroundTriesAgainSoonAfterAFailure() {
    failure.set(new DatabaseUnavailableException("away", null));
    snapshot =
        caches.whole(
            CacheKind.TENANT,
            "retried",
            "",
            this::load,
            new SnapshotOptions<>(Duration.ofHours(1), Duration.ofMillis(10), String::length));
    snapshot.start();
    await().atMost(Duration.ofSeconds(5)).until(() -> loads.get() > 0);
    failure.set(null);
    time.addAndGet(RETRY.toNanos());
    await().atMost(Duration.ofSeconds(5)).until(() -> snapshot.get().equals("one"));
  }

  @Test
  void whoeverMissesSomethingHasItLoadedSeldom() {
    Duration pause = Duration.ofSeconds(10);
    snapshot.refreshSeldom(pause);
    snapshot.refreshSeldom(pause);
    assertThat(loads).hasValue(1);
    time.addAndGet(pause.toNanos());
    snapshot.refreshSeldom(pause);
    assertThat(loads).hasValue(2);
  }

  @Test
  void oneThatItsOwnerStartsIsNotLoadedBefore() {
    snapshot =
        caches.whole(
            CacheKind.SIGNING_KEY,
            "owned",
            "",
            this::load,
            new SnapshotOptions<String>(Duration.ofHours(1), RETRY, String::length).ownStart());
    failure.set(new IllegalStateException("not there yet"));
    caches.allInvalidated(ChangeSource.LOCAL);
    assertThat(loads).as("of the other one").hasValue(1);
    failure.set(null);
    snapshot.start();
    await().atMost(Duration.ofSeconds(5)).until(() -> snapshot.get().equals("one"));
  }

  private Snapshot<String> snapshot(String name, Duration every) {
    return caches.whole(
        CacheKind.TENANT,
        name,
        "",
        this::load,
        new SnapshotOptions<>(every, RETRY, String::length));
  }

  private String load() {
    loads.incrementAndGet();
    if (failure.get() != null) {
      throw failure.get();
    }
    return truth.get();
  }

  private static void awaited(CountDownLatch latch) {
    try {
      assertThat(latch.await(5, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
