package io.platformapi.service.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Two requests to the same server, sent alternately, round by round. */
final class HttpRounds {
  private static final int CONNECTIONS = 4;
  private static final int WARM_UP = 10_000;
  // Many short rounds: what else the machine does meanwhile meets both sides.
  private static final int REQUESTS = 1_500;
  private static final int ROUNDS = 31;

  private HttpRounds() {}

  /** Answers a second of both; the first of a round is ours and the baseline by turns. */
  static BenchResult compare(
      String name, HttpLoad ours, HttpLoad base, Benchmark.Progress progress, List<String> notes)
      throws Exception {
    ours.run(CONNECTIONS, WARM_UP);
    base.run(CONNECTIONS, WARM_UP);
    double[] ourRate = new double[ROUNDS];
    double[] baseRate = new double[ROUNDS];
    double[] ourP99 = new double[ROUNDS];
    double[] baseP99 = new double[ROUNDS];
    double[] ratios = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      boolean oursFirst = round % 2 == 0;
      HttpLoad.Run first = (oursFirst ? ours : base).run(CONNECTIONS, REQUESTS);
      HttpLoad.Run second = (oursFirst ? base : ours).run(CONNECTIONS, REQUESTS);
      HttpLoad.Run our = oursFirst ? first : second;
      HttpLoad.Run other = oursFirst ? second : first;
      ourRate[round] = our.perSecond();
      baseRate[round] = other.perSecond();
      ourP99[round] = our.p99();
      baseP99[round] = other.p99();
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
    all.add(
        String.format(
            Locale.ROOT,
            "p99 ours %.2f ms, baseline %.2f ms, %d connections",
            BenchResult.median(ourP99),
            BenchResult.median(baseP99),
            CONNECTIONS));
    all.add(
        String.format(
            Locale.ROOT,
            "ratio of a round: median %.3f, quartiles %.3f and %.3f",
            BenchResult.median(ratios),
            BenchResult.percentile(ratios, 0.25),
            BenchResult.percentile(ratios, 0.75)));
    return BenchResult.ofRounds(name, ourRate, baseRate, "requests/s", all);
  }
}
