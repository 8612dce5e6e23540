package io.platformapi.service.quota.simulator;

import java.util.List;

/** The only source of chance: the same seed throws the same. SplitMix64. */
final class Dice {
  private static final int PERCENT = 100;

  private long state;

  Dice(long seed) {
    this.state = mixed(seed + 0x9E3779B97F4A7C15L);
  }

  private static long mixed(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  int below(int bound) {
    state += 0x9E3779B97F4A7C15L;
    return (int) ((mixed(state) >>> 33) % bound);
  }

  /** Both included. */
  int between(int least, int most) {
    return least + below(most - least + 1);
  }

  boolean percent(int chance) {
    return chance > 0 && below(PERCENT) < chance;
  }

  boolean oneIn(int many) {
    return below(many) == 0;
  }

  <T> T of(List<T> items) {
    return items.get(below(items.size()));
  }

  @SafeVarargs
  final <T> T of(T... items) {
    return items[below(items.length)];
  }
}
