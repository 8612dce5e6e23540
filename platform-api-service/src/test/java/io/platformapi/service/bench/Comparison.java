package io.platformapi.service.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Rounds of two loads on one server, the first of a round by turns. Many short rounds: what else
 * the machine does meanwhile meets both sides.
 */
final class Comparison {
  static final int CONNECTIONS = 4;
  private static final int REQUESTS = 750;
  static final int ROUNDS = 21;

  private final List<HttpLoad.Run> ours = new ArrayList<>();
  private final List<HttpLoad.Run> base = new ArrayList<>();

  /** A load by a number of connections, with as many requests on each. */
  @FunctionalInterface
  interface Load {
    HttpLoad.Run run(int connections, int requests) throws Exception;
  }

  static Comparison of(Load ours, Load base, Benchmark.Progress progress) throws Exception {
    Comparison comparison = new Comparison();
    WarmUp.run(ours, base, CONNECTIONS, REQUESTS, progress);
    for (int round = 0; round < ROUNDS; round++) {
      if (round % 2 == 0) {
        comparison.ours.add(ours.run(CONNECTIONS, REQUESTS));
        comparison.base.add(base.run(CONNECTIONS, REQUESTS));
      } else {
        comparison.base.add(base.run(CONNECTIONS, REQUESTS));
        comparison.ours.add(ours.run(CONNECTIONS, REQUESTS));
      }
      if (round % 5 == 0) {
        progress.say(
            String.format(
                Locale.ROOT,
                "round %d: %.0f/s against %.0f/s",
                round,
                comparison.ours.get(round).perSecond(),
                comparison.base.get(round).perSecond()));
      }
    }
    return comparison;
  }

  BenchResult result(String name, List<String> notes) {
    List<String> all = new ArrayList<>(notes);
    all.add(latency("answers of ours", times(ours)));
    return BenchResult.ofRounds(name, rates(ours), rates(base), "requests/s", all);
  }

  /** Percentiles of some of our answers beside those of the empty resource. */
  String latency(String what, double[] millis) {
    double[] empty = times(base);
    double p99 = BenchResult.percentile(millis, 0.99);
    double emptyP99 = BenchResult.percentile(empty, 0.99);
    return String.format(
        Locale.ROOT,
        "%s p50 %.2f ms p99 %.2f ms; empty p50 %.2f ms p99 %.2f ms; p99 ratio %.2f; %d connections",
        what,
        BenchResult.median(millis),
        p99,
        BenchResult.median(empty),
        emptyP99,
        p99 / emptyP99,
        CONNECTIONS);
  }

  private static double[] rates(List<HttpLoad.Run> runs) {
    return runs.stream().mapToDouble(HttpLoad.Run::perSecond).toArray();
  }

  private static double[] times(List<HttpLoad.Run> runs) {
    return runs.stream().flatMapToDouble(run -> java.util.Arrays.stream(run.millis())).toArray();
  }
}
