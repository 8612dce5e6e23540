package io.platformapi.service.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a benchmark found.
 *
 * @param name name of the benchmark
 * @param ours median of our rounds
 * @param base median of the baseline's rounds
 * @param unit unit of both
 * @param notes further figures, one line each
 */
record BenchResult(String name, double ours, double base, String unit, List<String> notes) {

  static BenchResult ofRounds(
      String name, double[] ours, double[] base, String unit, List<String> notes) {
    return new BenchResult(name, median(ours), median(base), unit, notes);
  }

  String line() {
    return String.format(
        Locale.ROOT,
        "BENCH name=%s ours=%.3f base=%.3f ratio=%.3f unit=%s",
        name,
        ours,
        base,
        ours / base,
        unit);
  }

  static double median(double[] values) {
    return percentile(values, 0.5);
  }

  /** The smallest value that at least the given share of the values does not exceed. */
  static double percentile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int rank = (int) Math.ceil(share * sorted.length);
    return sorted[Math.max(0, Math.min(sorted.length - 1, rank - 1))];
  }
}
