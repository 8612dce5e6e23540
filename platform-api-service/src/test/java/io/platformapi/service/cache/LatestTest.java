package io.platformapi.service.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LatestTest {
  private static final int MOST = 1_000;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Latest<String, Integer> latest = new Caches(meters).latest("l", MOST);

  @Test
  void aValueIsHandedOutOnce() {
    latest.add("a", 1);
    assertThat(latest.take("b")).isNull();
    assertThat(latest.take("a")).isEqualTo(1);
    assertThat(latest.take("a")).isNull();
  }

  @Test
  void theLastOnesAreRememberedWhenNobodyAsksForTheOthers() {
    IntStream.range(0, 10 * MOST).forEach(i -> latest.add("k" + i, i));
    assertThat(taken(0, 9 * MOST)).isEmpty();
    assertThat(taken(9 * MOST, 10 * MOST))
        .isEqualTo(IntStream.range(9 * MOST, 10 * MOST).boxed().toList());
  }

  @Test
  void whatIsTakenMakesRoom() {
    latest.add("first", 0);
    for (int i = 0; i < 10 * MOST; i++) {
      latest.add("k" + i, i);
      assertThat(latest.take("k" + i)).isEqualTo(i);
    }
    assertThat(latest.take("first")).isZero();
  }

  @Test
  void itIsMeasured() {
    latest.add("a", 1);
    latest.add("b", 2);
    latest.take("a");
    latest.take("c");
    assertThat(latest.hits()).isEqualTo(1);
    assertThat(latest.misses()).isEqualTo(1);
    assertThat(meters.get("platform.cache.size").tag("cache", "l").gauge().value()).isEqualTo(1);
  }

  private List<Integer> taken(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> latest.take("k" + i))
        .filter(Objects::nonNull)
        .toList();
  }
}
