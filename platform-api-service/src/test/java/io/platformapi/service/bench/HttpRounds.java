package io.platformapi.service.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Two requests to the same server, sent alternately, round by round. */
final class HttpRounds {
  private static final int CONNECTIONS = 4;
  // Many short rounds: what else the machine does meanwhile meets both sides.
  private static final int REQUESTS = 1_500;
  private static final int ROUNDS = 31;

  private HttpRounds() {}

  /** Answers a second of both; the first of a round is ours and the baseline by turns. */
  static BenchResult compare(
      String name, HttpLoad ours, HttpLoad base, Benchmark.Progress progress, List<String> notes)
      throws Exception {
    WarmUp.run(ours::run, base::run, CONNECTIONS, REQUESTS, progress);
    double[] ourRate = new double[ROUNDS];
    double[] baseRate = new double[ROUNDS];
    List<double[]> ourMillis = new ArrayList<>();
    List<double[]> baseMillis = new ArrayList<>();
    double[] ratios = new double[ROUNDS];
    double[] ourCpu = new double[ROUNDS];
    double[] baseCpu = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      boolean oursFirst = round % 2 == 0;
      long start = cpuNanos();
      HttpLoad.Run first = (oursFirst ? ours : base).run(CONNECTIONS, REQUESTS);
      long between = cpuNanos();
      HttpLoad.Run second = (oursFirst ? base : ours).run(CONNECTIONS, REQUESTS);
      long end = cpuNanos();
      ourCpu[round] = micros(oursFirst ? between - start : end - between);
      baseCpu[round] = micros(oursFirst ? end - between : between - start);
      HttpLoad.Run our = oursFirst ? first : second;
      HttpLoad.Run other = oursFirst ? second : first;
      ourRate[round] = our.perSecond();
      baseRate[round] = other.perSecond();
      ourMillis.add(our.millis());
      baseMillis.add(other.millis());
      ratios[round] = our.perSecond() / other.perSecond();
      if (round % 5 == 0) {
        progress.say(
            String.format(
                Locale.ROOT,
                "round %d: %.0f/s against %.0f/s, ratio %.3f",
                round,
                ourRate[round],
                baseRate[round],
                ratios[round]));
      }
    }
    List<String> all = new ArrayList<>(notes);
    all.add(latency(all(ourMillis), all(baseMillis)));
    all.add(
        String.format(
            Locale.ROOT,
            "ratio of a round: median %.3f, quartiles %.3f and %.3f",
            BenchResult.median(ratios),
            BenchResult.percentile(ratios, 0.25),
            BenchResult.percentile(ratios, 0.75)));
    all.add(
        String.format(
            Locale.ROOT,
            "CPU of a request, driver included: ours %.1f us, baseline %.1f us, ratio %.3f",
            BenchResult.median(ourCpu),
            BenchResult.median(baseCpu),
            BenchResult.median(baseCpu) / BenchResult.median(ourCpu)));
    return BenchResult.ofRounds(name, ourRate, baseRate, "requests/s", all);
  }

  private static String latency(double[] ours, double[] base) {
    double ourP99 = BenchResult.percentile(ours, 0.99);
    double baseP99 = BenchResult.percentile(base, 0.99);
    return String.format(
        Locale.ROOT,
        "p50 ours %.2f ms, baseline %.2f ms; p99 ours %.2f ms, baseline %.2f ms, ratio %.2f;"
            + " %d connections",
        BenchResult.median(ours),
        BenchResult.median(base),
        ourP99,
        baseP99,
        ourP99 / baseP99,
        CONNECTIONS);
  }

  private static double[] all(List<double[]> rounds) {
    return rounds.stream().flatMapToDouble(Arrays::stream).toArray();
  }

  /** Of this process, so that it says the same on a machine that has other work. */
  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static double micros(long nanos) {
    return nanos / 1e3 / (CONNECTIONS * REQUESTS);
  }
}
