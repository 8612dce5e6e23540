package io.platformapi.service.bench;

/** One measurement of ours against a baseline, taken alternately in the same run. */
interface Benchmark {

  /** Name as given to {@code -Dbench=}. */
  String name();

  /** Measures; throws when it could not. */
  BenchResult run(Progress progress) throws Exception;

  /** Says what is going on, for the person who waits. */
  @FunctionalInterface
  interface Progress {
    void say(String text);
  }
}
