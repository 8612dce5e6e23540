package io.platformapi.service.quota.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Told;
import io.platformapi.service.testing.Latches;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BackgroundTellsTest {
  private static final int MOST = 3;

  private final SharedCopy shared = new SharedCopy();
  private final BackgroundTells tells = new BackgroundTells(shared, Duration.ofMillis(1), MOST);
  private final BalanceKey key = key();
  private final BalanceKey other = key();

  @AfterEach
  void stop() throws InterruptedException {
    shared.open.countDown();
    tells.stop();
  }

  @Test
  void whatIsCommittedIsToldInTheBackground() {
    tells.start();
    tells.tell("acme", List.of(balance(key, 1)));
    tells.tell("bolt", List.of(balance(other, 2)));
    await().until(() -> shared.words().size() == 2);
    assertThat(shared.words())
        .containsExactlyInAnyOrder(
            new Word("acme", Set.of(balance(key, 1)), true),
            new Word("bolt", Set.of(balance(other, 2)), true));
  }

  @Test
  void nobodyWaitsForTheCopyAndOfWordsThatWaitTheLastIsTold() {
    begin();
    tells.tell("acme", List.of(balance(key, 2), balance(other, 1)));
    tells.tell("acme", List.of(balance(key, 4)));
    tells.tell("acme", List.of(balance(key, 3)));
    assertThat(shared.words()).hasSize(1);
    shared.open.countDown();
    await().until(() -> shared.words().size() == 2);
    assertThat(shared.words().get(1))
        .isEqualTo(new Word("acme", Set.of(balance(key, 4), balance(other, 1)), true));
  }

  @Test
  void whoReadsKnowsWhatIsNotToldYet() {
    begin();
    shared.known.put(key, balance(key, 1));
    shared.known.put(other, balance(other, 9));
    assertThat(read()).as("it is being told").containsEntry(key, balance(key, 5));
    tells.tell("acme", List.of(balance(key, 7), balance(other, 8)));
    assertThat(read())
        .containsOnly(Map.entry(key, balance(key, 7)), Map.entry(other, balance(other, 9)));
    shared.known.remove(key);
    assertThat(read()).as("the rest of what it stands for").doesNotContainKey(key);
    shared.open.countDown();
    await().until(() -> shared.words().size() == 2);
    shared.known.put(key, balance(key, 7));
    assertThat(read()).containsEntry(key, balance(key, 7));
  }

  @Test
  void otherTenantsKnowNothingOfIt() {
    begin();
    shared.known.put(key, balance(key, 1));
    assertThat(tells.read("bolt", List.of(key)).balances()).containsEntry(key, balance(key, 1));
  }

  @Test
  void whoComesWhenTooManyWaitTellsTheCopyHimself() {
    begin();
    for (int i = 0; i < MOST; i++) {
      tells.tell("acme", List.of(balance(key(), 1)));
    }
    assertThat(shared.words()).hasSize(1);
    shared.open.countDown();
    tells.tell("bolt", List.of(balance(other, 1)));
    assertThat(shared.words()).contains(new Word("bolt", Set.of(balance(other, 1)), false));
  }

  @Test
  void aCopyThatFailsIsToldTheNextWord() {
    shared.failures = 1;
    tells.start();
    tells.tell("acme", List.of(balance(key, 1)));
    await().until(() -> shared.failures == 0);
    tells.tell("acme", List.of(balance(key, 2)));
    await().until(() -> !shared.words().isEmpty());
    assertThat(shared.words()).containsExactly(new Word("acme", Set.of(balance(key, 2)), true));
  }

  @Test
  void whatWaitsIsToldBeforeItStopsAndWhoComesLaterTellsTheCopyHimself()
      throws InterruptedException {
    begin();
    tells.tell("acme", List.of(balance(other, 1)));
    shared.open.countDown();
    tells.stop();
    assertThat(shared.words()).contains(new Word("acme", Set.of(balance(other, 1)), true));
    tells.tell("acme", List.of(balance(key, 2)));
    assertThat(shared.words()).contains(new Word("acme", Set.of(balance(key, 2)), false));
  }

  @Test
  void whatIsNotStartedTellsAtOnce() {
    tells.tell("acme", List.of(balance(key, 2)));
    assertThat(shared.words()).containsExactly(new Word("acme", Set.of(balance(key, 2)), false));
  }

  /** A first word is being told, and stays so until the copy opens. */
  private void begin() {
    shared.closed = true;
    tells.start();
    tells.tell("acme", List.of(balance(key, 5)));
    await().until(() -> shared.words().size() == 1);
    shared.closed = false;
  }

  private Map<BalanceKey, Balance> read() {
    return tells.read("acme", List.of(key, other)).balances();
  }

  private static BalanceKey key() {
    return new BalanceKey(UUID.randomUUID(), "", Instant.EPOCH);
  }

  private static Balance balance(BalanceKey key, long version) {
    return new Balance(key, 10 * version, 0, version, Told.NOTHING);
  }

  /**
   * @param background whether it was not the caller who told it
   */
  private record Word(String tenant, Set<Balance> balances, boolean background) {}

  /** Answers words only when it is open. */
  private static final class SharedCopy implements BalanceCopy {
    final CountDownLatch open = new CountDownLatch(1);
    final Map<BalanceKey, Balance> known = new HashMap<>();
    volatile boolean closed;
    volatile int failures;
    private final List<Word> words = new ArrayList<>();
    private final Thread caller = Thread.currentThread();

    synchronized List<Word> words() {
      return List.copyOf(words);
    }

    @Override
    public void tell(String tenantId, Collection<Balance> balances) {
      boolean background = Thread.currentThread() != caller;
      if (failures > 0) {
        failures--;
        throw new IllegalStateException("the copy fails");
      }
      synchronized (this) {
        words.add(new Word(tenantId, Set.copyOf(balances), background));
      }
      if (closed) {
        Latches.pass(open);
      }
    }

    @Override
    public CopyAnswer read(String tenantId, List<BalanceKey> keys) {
      return new CopyAnswer(Map.copyOf(known), Set.of(), "seen");
    }

    @Override
    public void fill(String tenantId, Collection<Copied> balances, String seen) {
      throw new UnsupportedOperationException();
    }
  }
}
