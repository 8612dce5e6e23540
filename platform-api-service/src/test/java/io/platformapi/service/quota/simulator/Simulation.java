package io.platformapi.service.quota.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Runs many seeds on all processors, and tells of the first that fails. */
public final class Simulation {
  private static final long BLOCK = 64;

  private final long first;
  private final long seeds;
  private final AtomicLong next;
  private final AtomicLong commits = new AtomicLong();
  private final AtomicReference<Failure> failure = new AtomicReference<>();

  /** A seed, and what it breaks. */
  record Failure(long seed, Throwable cause) {}

  Simulation(long first, long seeds) {
    this.first = first;
    this.seeds = seeds;
    this.next = new AtomicLong(first);
  }

  /** Null when nothing fails. */
  Failure run() throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      Thread thread = new Thread(this::work, "simulation-" + i);
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return failure.get();
  }

  long commits() {
    return commits.get();
  }

  private void work() {
    while (failure.get() == null) {
      long from = next.getAndAdd(BLOCK);
      long to = Math.min(from + BLOCK, first + seeds);
      if (from >= to) {
        return;
      }
      for (long seed = from; seed < to; seed++) {
        one(seed);
      }
    }
  }

  private void one(long seed) {
    World world = new World(seed, null);
    try {
      world.run();
    } catch (RuntimeException | Error e) {
      failure.compareAndSet(null, new Failure(seed, e));
    }
    commits.addAndGet(world.database.commits);
  }

  /** What happens in the run of a seed, line by line. */
  static String trace(long seed) {
    StringBuilder trace = new StringBuilder();
    try {
      new World(seed, line -> trace.append(line).append('\n')).run();
    } catch (RuntimeException | Error e) {
      trace.append(e).append('\n');
      for (StackTraceElement line : e.getStackTrace()) {
        if (line.getClassName().startsWith("io.platformapi")) {
          trace.append("  at ").append(line).append('\n');
        }
      }
    }
    return trace.toString();
  }

  /** Arguments: how many seeds, the first one. */
  public static void main(String[] arguments) throws InterruptedException {
    long seeds = Long.parseLong(arguments[0]);
    long first = arguments.length > 1 ? Long.parseLong(arguments[1]) : 0;
    long begun = System.nanoTime();
    Simulation simulation = new Simulation(first, seeds);
    Failure failure = simulation.run();
    System.out.printf(
        "SIMULATION seeds=%d commits=%d seconds=%.1f %s%n",
        seeds,
        simulation.commits(),
        (System.nanoTime() - begun) / 1e9,
        failure == null ? "nothing broken" : "seed " + failure.seed() + " breaks");
    if (failure != null) {
      System.out.println(trace(failure.seed()));
      System.exit(1);
    }
  }
}
