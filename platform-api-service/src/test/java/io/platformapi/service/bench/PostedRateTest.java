package io.platformapi.service.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class PostedRateTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void theBeginningAndTheEndAreNotMeasured() {
    List<PostedRate.Sample> samples =
        List.of(at(0, 0), at(10, 100), at(12, 500), at(14, 900), at(30, 1_000));
    assertThat(PostedRate.of(samples, 1_000)).isEqualTo(200);
  }

  @Test
  void aLateFirstSampleIsTheBeginning() {
    List<PostedRate.Sample> samples =
        List.of(at(0, 300), at(1, 300), at(2, 400), at(7, 900), at(8, 1_000));
    assertThat(PostedRate.of(samples, 1_000)).isEqualTo(600.0 / 7);
  }

  @Test
  void betweenSamplesTheTimeIsOnTheirLine() {
    assertThat(PostedRate.of(List.of(at(0, 0), at(10, 1_000)), 1_000)).isEqualTo(100);
  }

  @Test
  void tooLateAFirstSampleTellsNothing() {
    assertThatThrownBy(() -> PostedRate.of(List.of(at(0, 500), at(1, 1_000)), 1_000))
        .isInstanceOf(IllegalStateException.class);
  }

  private static PostedRate.Sample at(long seconds, double posted) {
    return new PostedRate.Sample(seconds * SECOND, posted);
  }
}
