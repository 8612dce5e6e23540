package io.platformapi.service.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;

import io.platformapi.service.reconciliation.CounterHistory.Standing;
import io.platformapi.service.reconciliation.CounterJudge.Rows;
import io.platformapi.service.reconciliation.ToldCounter.Window;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A counter by the rows that it must and that it can have counted. */
class CounterJudgeTest {
  private static final Instant AT = Instant.parse("2026-11-23T12:00:00Z");
  private static final Rows ROWS = new Rows(10, 150, 100, 200);

  @ParameterizedTest
  @CsvSource({
    "99, COUNTER_BEHIND",
    "100, AGREES",
    "150, AGREES",
    "200, AGREES",
    "201, COUNTER_AHEAD"
  })
  void whatIsCountedInUnitsIsExact(long told, CounterVerdict verdict) {
    assertThat(judge(ReconciliationPolicy.USUAL, CounterDimension.REQUESTS, told, ROWS))
        .isEqualTo(verdict);
  }

  /** Ten rows are rounded by five nano-units at most, the counter and its doubles by two. */
  @ParameterizedTest
  @CsvSource({"92, COUNTER_BEHIND", "93, AGREES", "207, AGREES", "208, COUNTER_AHEAD"})
  void moneyIsARoundedSumOfDoubles(long told, CounterVerdict verdict) {
    assertThat(judge(ReconciliationPolicy.USUAL, CounterDimension.COST, told, ROWS))
        .isEqualTo(verdict);
  }

  @ParameterizedTest
  @CsvSource({"30, 0, 237", "0, 100000, 229", "30, 100000, 237"})
  void theLargerToleranceOfThePolicyHolds(long nanos, int ppm, long most) {
    ReconciliationPolicy policy =
        new ReconciliationPolicy(true, nanos, ppm, Duration.ZERO, false, Map.of(), 1);
    assertThat(judge(policy, CounterDimension.COST, most, ROWS)).isEqualTo(CounterVerdict.AGREES);
    assertThat(judge(policy, CounterDimension.COST, most + 2, ROWS))
        .isEqualTo(CounterVerdict.COUNTER_AHEAD);
    assertThat(judge(policy, CounterDimension.REQUESTS, 201, ROWS))
        .isEqualTo(CounterVerdict.COUNTER_AHEAD);
  }

  @ParameterizedTest
  @EnumSource(CounterReason.class)
  void whatCannotBeComparedIsNoAlarm(CounterReason reason) {
    Standing standing = new Standing(told(CounterDimension.COST, 9_999), null, reason);
    assertThat(new CounterJudge(ReconciliationPolicy.USUAL).judge(standing, null))
        .isIn(CounterVerdict.RESET, CounterVerdict.UNKNOWN_WINDOW);
  }

  /** The bound is one: a sum of doubles, in batches, never is further from one of nano-units. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void noSumOfDoublesIsBeyondTheBound(long seed) {
    Random random = new Random(seed);
    int calls = 50_000;
    double counter = 0;
    double batch = 0;
    long nanos = 0;
    for (int n = 0; n < calls; n++) {
      double cost = random.nextDouble() * Math.pow(10, random.nextInt(8) - 6);
      nanos += CounterSpends.nanos(new BigDecimal(Double.toString(cost)));
      batch += cost;
      if (random.nextInt(40) == 0 || n == calls - 1) {
        counter += batch;
        batch = 0;
      }
    }
    long told = CounterSpends.nanos(new BigDecimal(Double.toString(counter)));
    assertThat(Math.abs(told - nanos)).isLessThanOrEqualTo(CounterMargins.rounding(calls, told));
  }

  private static CounterVerdict judge(
      ReconciliationPolicy policy, CounterDimension dimension, long told, Rows rows) {
    Window window = new Window(AT.minusSeconds(3_600), null, AT.minusSeconds(3_600));
    return new CounterJudge(policy).judge(new Standing(told(dimension, told), window, null), rows);
  }

  private static ToldCounter told(CounterDimension dimension, long amount) {
    return new ToldCounter("team", "t", dimension, amount, AT, null);
  }

  private static final class CounterSpends {
    static long nanos(BigDecimal usd) {
      return usd.movePointRight(9).setScale(0, java.math.RoundingMode.HALF_EVEN).longValueExact();
    }
  }
}
