package io.platformapi.service.quota.reservation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Answers requests in groups, one group after the other: whoever comes while none is answered
 * answers at once; who comes meanwhile waits, and one of those who wait answers for all of them
 * next.
 */
final class Lane<Q, A> {
  private final int most;
  private final Runnable linger;
  private final Function<List<Q>, List<A>> group;
  private final Deque<Waiting<Q, A>> queue = new ArrayDeque<>();
  private boolean busy;

  /**
   * @param most in a group
   * @param linger lets whoever answers next wait for others, if the group is not full yet
   * @param group answers requests, in their order; what it throws is thrown to each who asked
   */
  Lane(int most, Runnable linger, Function<List<Q>, List<A>> group) {
    this.most = most;
    this.linger = linger;
    this.group = group;
  }

  A ask(Q question) {
    Waiting<Q, A> mine = new Waiting<>(question);
    if (enter(mine) || mine.turn.join()) {
      lead();
    }
    return mine.result();
  }

  private synchronized boolean enter(Waiting<Q, A> mine) {
    queue.add(mine);
    boolean first = !busy;
    busy = true;
    return first;
  }

  /** The leader is the first of the queue. */
  private void lead() {
    if (waiting() < most) {
      linger.run();
    }
    List<Waiting<Q, A>> together = together();
    try {
      List<A> answers = group.apply(together.stream().map(one -> one.question).toList());
      for (int i = 0; i < answers.size(); i++) {
        together.get(i).answer = answers.get(i);
      }
    } catch (RuntimeException | Error e) {
      together.forEach(one -> one.failure = e);
    } finally {
      handOver();
      together.forEach(one -> one.turn.complete(false));
    }
  }

  private synchronized int waiting() {
    return queue.size();
  }

  private synchronized List<Waiting<Q, A>> together() {
    List<Waiting<Q, A>> together = new ArrayList<>();
    while (together.size() < most && !queue.isEmpty()) {
      together.add(queue.poll());
    }
    return together;
  }

  private synchronized void handOver() {
    busy = !queue.isEmpty();
    if (busy) {
      queue.peek().turn.complete(true);
    }
  }

  private static final class Waiting<Q, A> {
    final Q question;
    final CompletableFuture<Boolean> turn = new CompletableFuture<>();
    A answer;
    Throwable failure;

    Waiting(Q question) {
      this.question = question;
    }

    A result() {
      if (failure instanceof Error error) {
        throw new IllegalStateException("a group failed", error);
      }
      if (failure != null) {
        throw (RuntimeException) failure;
      }
      return answer;
    }
  }
}
