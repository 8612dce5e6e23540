package io.platformapi.service.quota.reservation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Parts a group so that those who are the same come one after the other. */
final class Distinct {
  private Distinct() {}

  /**
   * Places of the items, in groups to be worked on one after the other.
   *
   * @param identity empty for an item that is like no other
   */
  static <T> List<List<Integer>> groups(List<T> items, Function<T, Optional<?>> identity) {
    List<List<Integer>> groups = new ArrayList<>();
    List<Integer> left = IntStream.range(0, items.size()).boxed().toList();
    while (!left.isEmpty()) {
      Set<Object> seen = new HashSet<>();
      List<Integer> group = new ArrayList<>();
      List<Integer> later = new ArrayList<>();
      for (int i : left) {
        Optional<?> same = identity.apply(items.get(i));
        (same.isEmpty() || seen.add(same.get()) ? group : later).add(i);
      }
      groups.add(group);
      left = later;
    }
    return groups;
  }
}
