package io.platformapi.service.quota.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.testing.Latches;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CopyFollowerTest {
  private static final Duration MOMENT = Duration.ofMillis(100);

  private final AtomicLong nanos = new AtomicLong();
  private final SlowCopy copy = new SlowCopy();
  private final CopyFollower follower =
      new CopyFollower(copy, MOMENT, nanos::get, (tenant, age, balances, since) -> {});
  private final ExecutorService callers = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    callers.shutdownNow();
  }

  @Test
  void withinAMomentTheCopyIsAskedOnce() {
    assertThat(follower.followed("acme").nanos()).isNotNegative();
    pass(MOMENT.toMillis() / 2);
    follower.followed("acme");
    assertThat(copy.asked).hasValue(1);
  }

  @Test
  void oneAsksBeforeTheMomentIsOverAndNobodyWaitsForHim() {
    CompletableFuture<CopyFollower.Followed> asks = askedEarly();
    assertThat(follower.followed("acme").nanos()).isEqualTo(nanos.get());
    assertThat(asks).isNotDone();
    copy.open.countDown();
    asks.join();
    pass(MOMENT.toMillis() / 2);
    follower.followed("acme");
    assertThat(copy.asked).hasValue(2);
  }

  @Test
  void whenTheMomentIsOverTheyWaitForWhatHeHears() {
    CompletableFuture<CopyFollower.Followed> asks = askedEarly();
    pass(1);
    CompletableFuture<Thread> thread = new CompletableFuture<>();
    CompletableFuture<CopyFollower.Followed> waits =
        CompletableFuture.supplyAsync(
            () -> {
              thread.complete(Thread.currentThread());
              return follower.followed("acme");
            },
            callers);
    Thread waiting = thread.join();
    await().until(() -> waiting.getState() == Thread.State.WAITING);
    copy.open.countDown();
    asks.join();
    assertThat(waits.join().nanos()).isEqualTo(nanos.get());
    assertThat(copy.asked).hasValue(2);
  }

  /** By one who is not answered before the copy opens. */
  private CompletableFuture<CopyFollower.Followed> askedEarly() {
    follower.followed("acme");
    pass(MOMENT.toMillis() - 1);
    copy.open = new CountDownLatch(1);
    CompletableFuture<CopyFollower.Followed> asks =
        CompletableFuture.supplyAsync(() -> follower.followed("acme"), callers);
    await().until(() -> copy.asked.get() == 2);
    return asks;
  }

  private void pass(long millis) {
    nanos.addAndGet(Duration.ofMillis(millis).toNanos());
  }

  /** In which nothing changes, which it says when it may. */
  private static final class SlowCopy implements BalanceCopy {
    final AtomicInteger asked = new AtomicInteger();

    /** It answers nobody until this is counted down. */
    volatile CountDownLatch open = new CountDownLatch(0);

    @Override
    public Optional<CopyChanges> since(String tenantId, CopyChanges.Place place) {
      asked.incrementAndGet();
      Latches.pass(open);
      return Optional.of(
          new CopyChanges(new CopyChanges.Place("feed", 1), "epoch", true, List.of()));
    }

    @Override
    public CopyAnswer read(String tenantId, List<BalanceKey> keys) {
      return CopyAnswer.NOTHING;
    }

    @Override
    public void tell(String tenantId, Collection<Balance> balances) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void fill(String tenantId, Collection<Copied> balances, String seen) {
      throw new UnsupportedOperationException();
    }
  }
}
