package io.platformapi.service.quota.reservation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.platformapi.service.testing.Latches;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LaneTest {
  private static final int MOST = 4;

  private final ExecutorService callers = Executors.newCachedThreadPool();
  private final List<List<Integer>> groups = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void stop() {
    callers.shutdownNow();
  }

  @Test
  void whoComesWhileOthersAreAnsweredIsAnsweredWithThoseWhoWait() {
    Gate gate = new Gate();
    Lane<Integer, Integer> lane =
        new Lane<>(
            MOST,
            () -> {},
            group -> {
              groups.add(group);
              gate.pass();
              return group.stream().map(one -> -one).toList();
            });
    othersComeMeanwhile(lane, gate);
    assertThat(groups).hasSize(2);
    assertThat(groups.get(0)).containsExactly(1);
    assertThat(groups.get(1)).containsExactlyInAnyOrder(2, 3);
  }

  @Test
  void whoLingersIsAnsweredWithAllWhoComeMeanwhile() {
    Gate gate = new Gate();
    Lane<Integer, Integer> lane = new Lane<>(MOST, gate::pass, this::answer);
    othersComeMeanwhile(lane, gate);
    assertThat(groups).hasSize(1);
    assertThat(groups.get(0)).containsExactlyInAnyOrder(1, 2, 3);
  }

  @Test
  void aFullGroupDoesNotLinger() {
    Gate gate = new Gate();
    AtomicInteger lingered = new AtomicInteger();
    Lane<Integer, Integer> lane =
        new Lane<>(
            MOST,
            lingered::incrementAndGet,
            group -> {
              groups.add(group);
              gate.pass();
              return group;
            });
    List<Thread> waiting = new ArrayList<>();
    List<CompletableFuture<Integer>> all = new ArrayList<>();
    all.add(ask(lane, 0));
    gate.awaitSomebody();
    for (int i = 1; i <= MOST; i++) {
      all.add(ask(lane, i, waiting));
    }
    awaitAllWaiting(waiting, MOST);
    gate.open();
    all.forEach(CompletableFuture::join);
    assertThat(groups).extracting(List::size).containsExactly(1, MOST);
    assertThat(lingered).hasValue(1);
  }

  @Test
  void whatAGroupThrowsIsThrownToAllOfIt() {
    Lane<Integer, Integer> lane =
        new Lane<>(
            MOST,
            () -> {},
            group -> {
              throw new IllegalArgumentException("no");
            });
    assertThatThrownBy(() -> lane.ask(1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> lane.ask(2)).as("the next").hasMessage("no");
  }

  /** 1 comes to the gate; 2 and 3 come before it opens. */
  private void othersComeMeanwhile(Lane<Integer, Integer> lane, Gate gate) {
    List<Thread> waiting = new ArrayList<>();
    CompletableFuture<Integer> first = ask(lane, 1);
    gate.awaitSomebody();
    List<CompletableFuture<Integer>> others = List.of(ask(lane, 2, waiting), ask(lane, 3, waiting));
    awaitAllWaiting(waiting, 2);
    gate.open();
    assertThat(first.join()).isEqualTo(-1);
    assertThat(others).extracting(CompletableFuture::join).containsExactly(-2, -3);
  }

  private List<Integer> answer(List<Integer> group) {
    groups.add(group);
    return group.stream().map(one -> -one).toList();
  }

  private CompletableFuture<Integer> ask(Lane<Integer, Integer> lane, int question) {
    return ask(lane, question, new ArrayList<>());
  }

  private CompletableFuture<Integer> ask(
      Lane<Integer, Integer> lane, int question, List<Thread> threads) {
    return CompletableFuture.supplyAsync(
        () -> {
          synchronized (threads) {
            threads.add(Thread.currentThread());
          }
          return lane.ask(question);
        },
        callers);
  }

  /** All of them are in the queue: nobody else makes them wait. */
  private static void awaitAllWaiting(List<Thread> threads, int many) {
    await()
        .until(
            () -> {
              synchronized (threads) {
                return threads.size() == many
                    && threads.stream().allMatch(one -> one.getState() == Thread.State.WAITING);
              }
            });
  }

  /** Where somebody stops until it is open. */
  private static final class Gate {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);

    void pass() {
      reached.countDown();
      Latches.pass(opened);
    }

    void awaitSomebody() {
      Latches.pass(reached);
    }

    void open() {
      opened.countDown();
    }
  }
}
