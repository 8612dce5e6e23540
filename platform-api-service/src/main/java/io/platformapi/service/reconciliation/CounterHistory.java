package io.platformapi.service.reconciliation;

import io.platformapi.service.reconciliation.ToldCounter.Window;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What the gateway told of its counters, in the order of time: the last word on each window of each
 * of them, and whether it can be compared.
 */
final class CounterHistory {
  /** Two sums of the same ten million doubles differ by less than this part of them. */
  private static final long DOUBLES = 400_000_000;

  private final Map<Key, Line> lines =
      new TreeMap<>(
          Comparator.comparing(Key::scope).thenComparing(Key::id).thenComparing(Key::dimension));

  /**
   * The last word on a window.
   *
   * @param window null when it cannot be known
   * @param reason not to compare it, or null
   */
  record Standing(ToldCounter counter, Window window, CounterReason reason) {}

  private record Key(String scope, String id, CounterDimension dimension) {}

  void add(ToldCounter counter) {
    lines
        .computeIfAbsent(
            new Key(counter.scope(), counter.id(), counter.dimension()), key -> new Line())
        .add(counter);
  }

  /** Of whom counters of a scope were told. */
  Set<String> ids(String scope) {
    return lines.keySet().stream()
        .filter(key -> key.scope().equals(scope))
        .map(Key::id)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Those of windows that were not over by then, and those without a window told since then. */
  List<Standing> since(Instant from) {
    List<Standing> standings = new ArrayList<>();
    lines
        .values()
        .forEach(
            line -> line.standings().stream().filter(s -> isOf(s, from)).forEach(standings::add));
    return standings;
  }

  private static boolean isOf(Standing standing, Instant from) {
    Window window = standing.window();
    if (window == null || window.start() == null) {
      return !standing.counter().toldAt().isBefore(from);
    }
    return window.end() == null || window.end().isAfter(from);
  }

  /** One counter. */
  private static final class Line {
    private final List<Standing> over = new ArrayList<>();
    private final Deque<ToldCounter> recent = new ArrayDeque<>();
    private ToldCounter last;
    private Window window;
    private Instant lastEnd;
    private boolean resetSeen;
    private boolean fell;
    private long peak;

    void add(ToldCounter counter) {
      Window its = windowOf(counter);
      if (last != null && !sameWindow(its)) {
        over.add(standing());
        recent.clear();
        fell = false;
        peak = 0;
        resetSeen = false;
      }
      if (its != null && its.start() != null && lastEnd != null) {
        resetSeen = !its.start().isBefore(lastEnd) && its.end() != null || resetSeen;
      }
      window = its;
      last = counter;
      watch(counter);
    }

    List<Standing> standings() {
      List<Standing> all = new ArrayList<>(over);
      all.add(standing());
      return all;
    }

    /** One told without its window is of the present one, while that lasts. */
    private Window windowOf(ToldCounter counter) {
      if (counter.window() != null) {
        return counter.window();
      }
      boolean lasts =
          window != null && (window.end() == null || counter.toldAt().isBefore(window.end()));
      return lasts ? window : null;
    }

    private boolean sameWindow(Window its) {
      boolean same =
          its != null
              && window != null
              && Objects.equals(its.start(), window.start())
              && Objects.equals(its.end(), window.end());
      if (!same && window != null && window.end() != null) {
        lastEnd = window.end();
      }
      return same || its == null && window == null;
    }

    /**
     * Two sources tell of one counter, one of them late: only what is less than what was told a lag
     * before has fallen.
     */
    private void watch(ToldCounter counter) {
      while (!recent.isEmpty()
          && !recent.peekFirst().toldAt().isAfter(counter.toldAt().minus(CounterMargins.LAG))) {
        peak = Math.max(peak, recent.removeFirst().amount());
      }
      fell |= counter.amount() < peak - peak / DOUBLES - 1;
      if (!nearStart(counter, window)) {
        recent.addLast(counter);
      }
    }

    private Standing standing() {
      return new Standing(last, window, reason());
    }

    private CounterReason reason() {
      if (window == null || window.start() == null) {
        return CounterReason.NO_WINDOW;
      }
      if (fell) {
        return CounterReason.COUNTER_FELL;
      }
      boolean empty = window.emptyAt() != null && !window.emptyAt().isBefore(window.start());
      boolean setBackBefore = window.end() == null && lastEnd != null;
      if (!empty && !resetSeen || setBackBefore) {
        return CounterReason.FIRST_WINDOW;
      }
      return nearStart(last, window) || nearEnd(last, window) ? CounterReason.WINDOW_EDGE : null;
    }

    private static boolean nearStart(ToldCounter counter, Window window) {
      return window != null
          && window.start() != null
          && window.end() != null
          && counter.toldAt().isBefore(window.start().plus(CounterMargins.LATE_RESET));
    }

    private static boolean nearEnd(ToldCounter counter, Window window) {
      return window.end() != null
          && counter.toldAt().isAfter(window.end().minus(CounterMargins.CLOCK));
    }
  }
}
