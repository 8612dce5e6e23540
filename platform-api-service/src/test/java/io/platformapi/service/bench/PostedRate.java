package io.platformapi.service.bench;

import java.util.List;

/** Events a second from samples of how many were posted, without the beginning and the end. */
final class PostedRate {
  private static final double FROM = 0.1;
  private static final double TO = 0.9;
  private static final double LEAST = 0.5;

  private PostedRate() {}

  /** How many events were posted at an instant of {@link System#nanoTime}. */
  record Sample(long nanos, double posted) {}

  /**
   * The rate between a tenth, or the first sample where that came later, and nine tenths.
   *
   * @throws IllegalStateException when the samples tell of less than half of the events
   */
  static double of(List<Sample> samples, int events) {
    double from = Math.max(FROM * events, samples.get(0).posted());
    double to = TO * events;
    if (to - from < LEAST * events) {
      throw new IllegalStateException(
          "the first sample came after " + from + " of " + events + " events");
    }
    double seconds = (reached(samples, to) - reached(samples, from)) / 1e9;
    return (to - from) / seconds;
  }

  /** When that many were posted, on the line between the samples around it. */
  private static double reached(List<Sample> samples, double posted) {
    int i = 0;
    while (samples.get(i).posted() < posted) {
      i++;
    }
    Sample after = samples.get(i);
    if (i == 0) {
      return after.nanos();
    }
    Sample before = samples.get(i - 1);
    double share = (posted - before.posted()) / (after.posted() - before.posted());
    return before.nanos() + share * (after.nanos() - before.nanos());
  }
}
