package io.platformapi.service.bench;

import com.sun.management.ThreadMXBean;
import io.platformapi.service.reconciliation.ManyCalls;
import io.platformapi.service.reconciliation.ManyCalls.Outcome;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Calls a second of a run over 1,000,000 calls, from its start to its report, against one bare full
 * outer join of the same sides by call id that keeps what differs, in the same database. One call
 * in a hundred and forty differs; nothing is posted. Then the heap that runs need over a tenth of
 * the window and over all of it.
 */
final class ReconcileBenchmark implements Benchmark {
  private static final int CALLS = 1_000_000;
  private static final int ROUNDS = 5;

  @Override
  public String name() {
    return "reconcile-1m";
  }

  @Override
  public BenchResult run(Progress progress) throws Exception {
    try (ManyCalls calls = new ManyCalls(CALLS)) {
      progress.say(CALLS + " calls are on both sides");
      double[] ours = new double[ROUNDS];
      double[] base = new double[ROUNDS];
      double[] count = new double[ROUNDS];
      for (int round = -1; round < ROUNDS; round++) {
        Outcome bare = calls.bare();
        Outcome run = calls.reconcile(1);
        check(run, bare);
        if (round >= 0) {
          ours[round] = CALLS / run.seconds();
          base[round] = CALLS / bare.seconds();
          count[round] = CALLS / calls.bareCount().seconds();
        }
        progress.say(
            String.format(
                Locale.ROOT,
                "%s: %.2f s against %.2f s, ratio %.2f (%s)",
                round < 0 ? "warm-up" : "round " + round,
                run.seconds(),
                bare.seconds(),
                bare.seconds() / run.seconds(),
                calls.steps()));
      }
      List<String> notes = new ArrayList<>();
      notes.add(
          String.format(
              Locale.ROOT,
              "a join that only counts, by several processes: %.0f calls/s, ratio %.2f",
              BenchResult.median(count),
              BenchResult.median(ours) / BenchResult.median(count)));
      notes.add(heap("a tenth of the calls", () -> calls.reconcile(0.1)));
      notes.add(heap("all calls", () -> calls.reconcile(1)));
      return BenchResult.ofRounds(name(), ours, base, "calls/s", notes);
    }
  }

  /** A run that finds less than the bare join has not done the work. */
  private static void check(Outcome run, Outcome bare) {
    long made = (long) CALLS / 1_000 * ManyCalls.CLASSES;
    if (run.differences() != made || run.calls() != CALLS - CALLS / 1_000) {
      throw new IllegalStateException("the run found " + run + ", not " + made);
    }
    // One event that was told twice agrees with its row both times.
    if (bare.differences() < made - CALLS / 1_000) {
      throw new IllegalStateException("the join found " + bare);
    }
  }

  /** What lives on the heap at most, by collections one after the other, and what is allocated. */
  private static String heap(String what, java.util.function.Supplier<Outcome> work)
      throws InterruptedException {
    LiveHeap heap = new LiveHeap();
    long before = heap.now();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long allocated = threads.getCurrentThreadAllocatedBytes();
    heap.start();
    Outcome outcome = work.get();
    long peak = heap.stopped();
    return String.format(
        Locale.ROOT,
        "run over %s (%d): %.1f MB live before, %.1f MB live at most, %.1f MB allocated in all",
        what,
        outcome.calls(),
        before / 1e6,
        peak / 1e6,
        (threads.getCurrentThreadAllocatedBytes() - allocated) / 1e6);
  }

  /** The largest heap after a collection, as long as it runs. */
  private static final class LiveHeap extends Thread {
    private volatile boolean stop;
    private long most;

    LiveHeap() {
      super("live-heap");
      setDaemon(true);
    }

    long now() {
      System.gc();
      return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Override
    public void run() {
      while (!stop) {
        most = Math.max(most, now());
      }
    }

    long stopped() throws InterruptedException {
      stop = true;
      join();
      return most;
    }
  }
}
