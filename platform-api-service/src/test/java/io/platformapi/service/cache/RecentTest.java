package io.platformapi.service.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecentTest {
  private static final Duration MOMENT = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofSeconds(5);
  private static final long FOLLOWED = Duration.ofHours(1).toNanos();

  private final AtomicLong time = new AtomicLong(Long.MAX_VALUE - 1);
  private final List<String> aging = new ArrayList<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Recent<String, Integer> recent = recent(1_000);

  @Test
  void aValueIsRememberedForAMoment() {
    assertThat(recent.get("a", -1)).isNull();
    recent.keep("a", 1, recent.now());
    pass(MOMENT.minusNanos(1));
    assertThat(recent.get("a", -1)).isEqualTo(1);
    assertThat(recent.get("b", -1)).isNull();
    pass(Duration.ofNanos(1));
    assertThat(recent.get("a", -1)).isNull();
  }

  @Test
  void itsTimeBeginsBeforeItWasReadElsewhere() {
    long asked = recent.now();
    pass(MOMENT.minusNanos(1));
    recent.keep("a", 1, asked);
    assertThat(recent.get("a", -1)).isEqualTo(1);
    pass(Duration.ofNanos(1));
    assertThat(recent.get("a", -1)).isNull();
  }

  @Test
  void theNewerOfTwoIsRememberedWhicheverComesFirst() {
    assertThat(recent.keep("a", 2, recent.now())).isEqualTo(2);
    assertThat(recent.keep("a", 1, recent.now())).isEqualTo(2);
    assertThat(recent.get("a", -1)).isEqualTo(2);
    assertThat(recent.keep("a", 3, recent.now())).isEqualTo(3);
    assertThat(recent.get("a", -1)).isEqualTo(3);
  }

  @Test
  void whatIsOlderDoesNotMakeTheNewerOneLiveLonger() {
    recent.keep("a", 2, recent.now());
    pass(MOMENT.minusNanos(1));
    recent.keep("a", 1, recent.now());
    assertThat(recent.get("a", -1)).isEqualTo(2);
    pass(Duration.ofNanos(1));
    assertThat(recent.get("a", -1)).isNull();
  }

  @Test
  void theSameAgainLivesFromThenOn() {
    long before = recent.now();
    recent.keep("a", 1, before);
    pass(MOMENT.minusNanos(1));
    recent.keep("a", 1, recent.now());
    recent.keep("a", 1, before);
    pass(MOMENT.minusNanos(1));
    assertThat(recent.get("a", -1)).isEqualTo(1);
  }

  @Test
  void whatIsOverGivesWayToAnything() {
    recent.keep("a", 2, recent.now());
    pass(LONGEST.minusNanos(1));
    assertThat(recent.keep("a", 1, recent.now())).isEqualTo(2);
    assertThat(recent.get("a", -1)).isNull();
    pass(Duration.ofNanos(1));
    assertThat(recent.keep("a", 1, recent.now())).isEqualTo(1);
    assertThat(recent.get("a", -1)).isEqualTo(1);
  }

  @Test
  void whatIsFollowedIsRememberedForLonger() {
    recent.keep("a", 1, recent.now());
    pass(LONGEST.minusNanos(1));
    assertThat(recent.get("a", -1)).isNull();
    assertThat(recent.get("a", FOLLOWED)).isEqualTo(1);
    assertThat(recent.get("a", LONGEST.toNanos() - 2)).isNull();
    pass(Duration.ofNanos(1));
    assertThat(recent.get("a", FOLLOWED)).isNull();
  }

  @Test
  void whoAsksForWhatIsNearlyOverIsHeard() {
    recent.keep("a", 1, recent.now());
    pass(LONGEST.dividedBy(5).multipliedBy(4).minusNanos(1));
    assertThat(recent.get("a", FOLLOWED)).isEqualTo(1);
    assertThat(aging).isEmpty();
    pass(Duration.ofNanos(1));
    assertThat(recent.get("a", -1)).isNull();
    assertThat(aging).isEmpty();
    assertThat(recent.get("a", FOLLOWED)).isEqualTo(1);
    assertThat(aging).containsExactly("a");
  }

  @Test
  void whatIsBeingWrittenIsRememberedForAMomentUntilItIsTold() {
    recent.note("a", 1, recent.now());
    assertThat(recent.get("a", -1)).isEqualTo(1);
    pass(MOMENT);
    assertThat(recent.get("a", FOLLOWED)).isNull();
    recent.keep("a", 1, recent.now());
    pass(MOMENT);
    assertThat(recent.get("a", FOLLOWED)).isEqualTo(1);
  }

  @Test
  void manyWritersInAnyOrderLeaveTheNewest() throws Exception {
    List<Integer> history = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      history.add(i);
    }
    Collections.shuffle(history, new Random(1));
    ExecutorService writers = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> writing = new ArrayList<>();
      for (int one : history) {
        writing.add(writers.submit(() -> recent.keep("a", one, recent.now())));
      }
      for (Future<?> one : writing) {
        one.get();
      }
    } finally {
      writers.shutdownNow();
    }
    assertThat(recent.get("a", -1)).isEqualTo(9_999);
  }

  @Test
  void noMoreThanSoManyAreRemembered() {
    for (int i = 0; i < 10_000; i++) {
      recent.keep("k" + i, i, recent.now());
    }
    assertThat(recent.size()).isLessThanOrEqualTo(1_000);
  }

  @Test
  void itIsMeasured() {
    recent.get("a", -1);
    recent.keep("a", 1, recent.now());
    recent.get("a", -1);
    recent.get("a", -1);
    assertThat(gets("hit")).isEqualTo(2);
    assertThat(gets("miss")).isEqualTo(1);
    assertThat(meters.get("platform.cache.size").tag("cache", "recent").gauge().value())
        .isEqualTo(1);
  }

  private double gets(String result) {
    return meters
        .get("platform.cache.gets")
        .tags("cache", "recent", "result", result)
        .functionCounter()
        .count();
  }

  private void pass(Duration duration) {
    time.addAndGet(duration.toNanos());
  }

  private Recent<String, Integer> recent(int most) {
    return new Caches(meters, time::get)
        .recent("recent", most, MOMENT, LONGEST, (one, two) -> one > two, aging::add);
  }
}
