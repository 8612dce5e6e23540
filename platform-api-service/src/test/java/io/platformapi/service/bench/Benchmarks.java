package io.platformapi.service.bench;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Runs all benchmarks or the one named, and prints one BENCH line for each. Exits non-zero only
 * when a benchmark could not run or the name is not known.
 */
public final class Benchmarks {
  private static final String ALL = "all";

  private static final PrintStream OUT = System.out;

  private Benchmarks() {}

  private static List<Benchmark> benchmarks() {
    return List.of(
        new IngestLedgerBenchmark(),
        new IngestHttpBenchmark(),
        new UsageHttpBenchmark(),
        new QuotaCheckHttpBenchmark(false),
        new QuotaCheckHttpBenchmark(true),
        new ReserveSettleHttpBenchmark(false),
        new ReserveSettleHttpBenchmark(true),
        new TenantCreateBenchmark(),
        new ReconcileBenchmark(),
        new ReserveDurableBenchmark(),
        new AuthzHttpBenchmark(),
        new AuthnHttpBenchmark(),
        new AbacBenchmark(10),
        new AbacBenchmark(100),
        new AbacBenchmark(1_000),
        new AbacBenchmark(10_000));
  }

  public static void main(String[] arguments) {
    String wanted = arguments.length == 0 ? ALL : arguments[0];
    List<Benchmark> chosen =
        benchmarks().stream()
            .filter(benchmark -> wanted.equals(ALL) || wanted.equals(benchmark.name()))
            .toList();
    if (chosen.isEmpty()) {
      System.err.println("no benchmark " + wanted + "; there are " + names());
      System.exit(2);
    }
    // Servers inside this JVM log there; a benchmark that could not run says so by its exception.
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    boolean failed = false;
    for (Benchmark benchmark : chosen) {
      failed |= !run(benchmark);
    }
    System.exit(failed ? 1 : 0);
  }

  private static boolean run(Benchmark benchmark) {
    try {
      OUT.println("# " + benchmark.name());
      BenchResult result = benchmark.run(text -> OUT.println("#   " + text));
      result.notes().forEach(note -> OUT.println("#   " + note));
      OUT.println(result.line());
      return true;
    } catch (Exception | AssertionError e) {
      System.err.println("benchmark " + benchmark.name() + " could not run");
      e.printStackTrace();
      return false;
    }
  }

  private static List<String> names() {
    return benchmarks().stream().map(Benchmark::name).toList();
  }
}
