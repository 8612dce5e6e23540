package io.platformapi.service.bench;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Locale;

/**
 * Runs both sides in turn until the JIT compiler takes less than 5 % of the time. The base is
 * little code and compiled soon; ours takes minutes of load until it is, and the compiler's threads
 * take the cores meanwhile.
 */
final class WarmUp {
  private static final double COMPILED = 0.05;
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private static final int MAX_HTTP_ROUNDS = 200;

  private WarmUp() {}

  /** Something of both sides that is run over and over. */
  @FunctionalInterface
  interface Round {
    void run() throws Exception;
  }

  /**
   * @param most rounds, however much is still compiled; there is a limit of time too
   */
  static void run(int most, Round round, Benchmark.Progress progress) throws Exception {
    CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
    long start = System.nanoTime();
    int rounds = 0;
    double share = 1;
    while (share > COMPILED && rounds < most && System.nanoTime() - start < LONGEST.toNanos()) {
      long compiledBefore = compiler.getTotalCompilationTime();
      long roundStart = System.nanoTime();
      round.run();
      double millis = (System.nanoTime() - roundStart) / 1e6;
      share = (compiler.getTotalCompilationTime() - compiledBefore) / millis;
      rounds++;
    }
    progress.say(
        String.format(
            Locale.ROOT,
            "warm after %d rounds, %.0f s; the compiler still takes %.0f %% of a core",
            rounds,
            (System.nanoTime() - start) / 1e9,
            100 * share));
  }

  /** The same for two loads of requests. */
  static void run(
      Comparison.Load ours,
      Comparison.Load base,
      int connections,
      int requests,
      Benchmark.Progress progress)
      throws Exception {
    run(
        MAX_HTTP_ROUNDS,
        () -> {
          ours.run(connections, requests);
          base.run(connections, requests);
        },
        progress);
  }
}
