package io.platformapi.service.bench;

import io.platformapi.service.bench.AbacPolicies.Shape;
import io.platformapi.service.policy.engine.AccessRequest;
import io.platformapi.service.policy.engine.PolicySnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;

/**
 * Decisions of a policy snapshot against those of jCasbin's stock enforcer on the same rules and
 * requests, by JMH, each measurement in a JVM of its own. The BENCH line is about the set that is
 * worst for us, on one thread.
 */
final class AbacBenchmark implements Benchmark {
  private static final int ROUNDS = 3;
  private static final int MAX_THREADS = 2;
  private static final List<Shape> COMPARED = List.of(Shape.RANGES, Shape.ONE_PLACE, Shape.SPREAD);

  /** What comparing the answers may cost, in rules that jCasbin evaluates. */
  private static final int ALIKE = 8_000;

  private static final String HEAP = "-Xmx1g";

  private final int rules;

  AbacBenchmark(int rules) {
    this.rules = rules;
  }

  @Override
  public String name() {
    return "abac-" + rules;
  }

  @Override
  public BenchResult run(Progress progress) throws Exception {
    // Another JMH on this machine is no reason not to measure, and its lock may be a dead one's.
    System.setProperty("jmh.ignoreLock", "true");
    for (Shape shape : COMPARED) {
      progress.say(lower(shape) + ": both answer alike, " + alike(shape) + " requests");
    }
    List<String> notes = new ArrayList<>();
    BenchResult one = compare(Shape.RANGES, 1, progress);
    BenchResult two = compare(Shape.RANGES, MAX_THREADS, progress);
    notes.add(told(Shape.RANGES, MAX_THREADS, two));
    for (Shape shape : Shape.values()) {
      notes.add(told(shape, 1, latency("ours", shape, 1), ""));
    }
    notes.add(told(Shape.RANGES, MAX_THREADS, latency("ours", Shape.RANGES, MAX_THREADS), ""));
    notes.add(told(Shape.RANGES, 1, latency("oursWithRequest", Shape.RANGES, 1), ", request made"));
    notes.add("compiled in " + compiled(Shape.RANGES).toMillis() + " ms");
    return new BenchResult(name(), one.ours(), one.base(), one.unit(), notes);
  }

  private Duration compiled(Shape shape) {
    AbacPolicies policies = new AbacPolicies(shape, rules);
    long before = System.nanoTime();
    policies.snapshot();
    return Duration.ofNanos(System.nanoTime() - before);
  }

  private int alike(Shape shape) {
    AbacPolicies policies = new AbacPolicies(shape, rules);
    PolicySnapshot snapshot = policies.snapshot();
    PlainCasbin casbin = new PlainCasbin(policies);
    int count = Math.min(policies.requests().size(), Math.max(2, ALIKE / rules));
    for (AccessRequest request : policies.requests().subList(0, count)) {
      if (snapshot.decide(request).allowed() != casbin.allows(PlainCasbin.Request.of(request))) {
        throw new IllegalStateException("ours and the baseline decide differently: " + request);
      }
    }
    return count;
  }

  private BenchResult compare(Shape shape, int threads, Progress progress) throws RunnerException {
    double[] ours = new double[ROUNDS];
    double[] base = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      base[round] = throughput("base", shape, threads);
      ours[round] = throughput("ours", shape, threads);
      progress.say(
          String.format(
              Locale.ROOT,
              "%s, %d thread%s, round %d: %.0f/s against %.2f/s",
              lower(shape),
              threads,
              threads == 1 ? "" : "s",
              round,
              ours[round],
              base[round]));
    }
    return BenchResult.ofRounds(name(), ours, base, "decisions/s", List.of());
  }

  private double throughput(String method, Shape shape, int threads) throws RunnerException {
    return run(options(method, shape, threads)
            .mode(Mode.Throughput)
            .timeUnit(TimeUnit.SECONDS)
            .warmupIterations(1)
            .measurementIterations(2))
        .getPrimaryResult()
        .getScore();
  }

  /** In nanoseconds. */
  private Statistics latency(String method, Shape shape, int threads) throws RunnerException {
    return run(options(method, shape, threads)
            .mode(Mode.SampleTime)
            .timeUnit(TimeUnit.NANOSECONDS)
            .warmupIterations(2)
            .measurementIterations(3))
        .getPrimaryResult()
        .getStatistics();
  }

  private ChainedOptionsBuilder options(String method, Shape shape, int threads) {
    TimeValue iteration = TimeValue.seconds(1);
    return new OptionsBuilder()
        .include("\\." + AbacDecisions.class.getSimpleName() + "\\." + method + "$")
        .param("shape", shape.name())
        .param("rules", Integer.toString(rules))
        .threads(threads)
        .forks(1)
        .jvmArgs(HEAP)
        .warmupTime(iteration)
        .measurementTime(iteration)
        .verbosity(VerboseMode.SILENT)
        .shouldFailOnError(true);
  }

  private static RunResult run(ChainedOptionsBuilder options) throws RunnerException {
    Collection<RunResult> results = new Runner(options.build()).run();
    if (results.size() != 1) {
      throw new IllegalStateException("JMH ran " + results.size() + " benchmarks");
    }
    return results.iterator().next();
  }

  private static String told(Shape shape, int threads, BenchResult result) {
    return String.format(
        Locale.ROOT,
        "%s, threads %d: %.0f/s against %.3f/s, ratio %.0f",
        lower(shape),
        threads,
        result.ours(),
        result.base(),
        result.ours() / result.base());
  }

  private static String told(Shape shape, int threads, Statistics nanos, String what) {
    return String.format(
        Locale.ROOT,
        "%s, threads %d%s: p50 %.0f ns, p99 %.0f ns, p99.9 %.0f ns",
        lower(shape),
        threads,
        what,
        nanos.getPercentile(50),
        nanos.getPercentile(99),
        nanos.getPercentile(99.9));
  }

  private static String lower(Shape shape) {
    return shape.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
