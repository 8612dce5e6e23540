package io.platformapi.service.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BudgetPeriodTest {
  @ParameterizedTest
  @CsvSource({
    "1d, 2026-11-24T00:00:00Z, 2026-11-23T00:00:00Z",
    "24h, 2026-11-24T00:00:00Z, 2026-11-23T00:00:00Z",
    "7d, 2026-11-30T00:00:00Z, 2026-11-23T00:00:00Z",
    "1mo, 2026-12-01T00:00:00Z, 2026-11-01T00:00:00Z",
    "30d, 2026-03-01T00:00:00Z, 2026-02-01T00:00:00Z",
    "30d, 2026-03-02T00:00:00Z,",
    "1d, 2026-11-24T05:00:00Z,",
    "45d, 2026-12-01T00:00:00Z,",
    "1d, ,",
    ", 2026-12-01T00:00:00Z,"
  })
  void aPeriodBeganOneBeforeItsEnd(String duration, Instant resetAt, Instant start) {
    assertThat(BudgetPeriod.start(duration, resetAt).orElse(null)).isEqualTo(start);
  }
}
