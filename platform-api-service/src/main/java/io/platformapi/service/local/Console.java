package io.platformapi.service.local;

import java.io.PrintStream;
import java.time.Duration;

/** Tells the person at the terminal what is going on, one line a step. */
public final class Console {
  private final PrintStream out;

  public Console(PrintStream out) {
    this.out = out;
  }

  /** Prints the step's name, runs it, and prints how long it took. */
  <T> T step(String name, Step<T> step) throws Exception {
    out.printf("  %-40s", name + " ...");
    out.flush();
    long start = System.nanoTime();
    try {
      T result = step.run();
      out.printf("%5.1f s%n", Duration.ofNanos(System.nanoTime() - start).toMillis() / 1000.0);
      return result;
    } catch (Exception e) {
      out.println("failed");
      throw e;
    }
  }

  public void line(String text) {
    out.println(text);
    out.flush();
  }

  /** A step that may fail. */
  @FunctionalInterface
  interface Step<T> {
    T run() throws Exception;
  }
}
