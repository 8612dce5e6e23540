package io.platformapi.service.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;

import io.platformapi.service.reconciliation.CounterHistory.Standing;
import io.platformapi.service.reconciliation.ToldCounter.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Which word on a counter stands, and whether it can be compared. */
class CounterHistoryTest {
  private static final Instant MONDAY = Instant.parse("2026-11-23T00:00:00Z");
  private static final Instant TUESDAY = MONDAY.plus(Duration.ofDays(1));
  private static final Instant WEDNESDAY = TUESDAY.plus(Duration.ofDays(1));
  private static final Instant BORN = Instant.parse("2026-01-01T00:00:00Z");
  private static final Window FIRST = new Window(MONDAY, TUESDAY, BORN);
  private static final Window SECOND = new Window(TUESDAY, WEDNESDAY, BORN);
  private final CounterHistory history = new CounterHistory();

  @Test
  void theFirstWindowOfAnOldCounterCannotBeKnownTheNextOneCan() {
    tell(5, MONDAY.plusSeconds(40_000), FIRST);
    assertThat(reasons(MONDAY)).containsExactly(CounterReason.FIRST_WINDOW);
    tell(3, TUESDAY.plusSeconds(40_000), SECOND);
    assertThat(reasons(MONDAY)).containsExactly(CounterReason.FIRST_WINDOW, null);
    assertThat(reasons(TUESDAY)).hasSize(1).containsOnlyNulls();
  }

  @Test
  void whoWasMadeInTheWindowHasUsedNothingBefore() {
    tell(5, MONDAY.plusSeconds(40_000), new Window(MONDAY, TUESDAY, MONDAY.plusSeconds(10)));
    assertThat(reasons(MONDAY)).containsOnlyNulls().hasSize(1);
  }

  @Test
  void aCounterThatFellStaysSetBackUntilItsWindowEnds() {
    Window window = new Window(MONDAY, TUESDAY, MONDAY);
    tell(1_000, MONDAY.plusSeconds(10_000), window);
    tell(10, MONDAY.plusSeconds(20_000), window);
    assertThat(reasons(MONDAY)).containsExactly(CounterReason.COUNTER_FELL);
    tell(2_000, MONDAY.plusSeconds(30_000), window);
    assertThat(reasons(MONDAY)).containsExactly(CounterReason.COUNTER_FELL);
    tell(20, TUESDAY.plusSeconds(30_000), SECOND);
    assertThat(reasons(TUESDAY)).containsOnlyNulls().hasSize(1);
  }

  @Test
  void twoSourcesOfWhichOneIsLateAreNoFall() {
    Window window = new Window(MONDAY, null, MONDAY);
    tell(1_000, MONDAY.plusSeconds(10_000), window);
    tell(900, MONDAY.plusSeconds(10_100), window);
    assertThat(reasons(MONDAY)).containsOnlyNulls().hasSize(1);
    tell(999, MONDAY.plusSeconds(10_150), window);
    assertThat(reasons(MONDAY)).hasSize(1).containsOnlyNulls();
    tell(900, MONDAY.plusSeconds(10_151), window);
    assertThat(reasons(MONDAY)).containsExactly(CounterReason.COUNTER_FELL);
  }

  @Test
  void anAlertIsOfTheWindowThatIsKnownWhileItLasts() {
    Window window = new Window(MONDAY, TUESDAY, MONDAY);
    tell(5, MONDAY.plusSeconds(10_000), null);
    assertThat(reasons(MONDAY)).containsExactly(CounterReason.NO_WINDOW);
    tell(5, MONDAY.plusSeconds(20_000), window);
    tell(6, MONDAY.plusSeconds(30_000), null);
    List<Standing> standings = history.since(MONDAY);
    assertThat(standings).hasSize(2);
    assertThat(standings.get(1).counter().amount()).isEqualTo(6);
    assertThat(standings.get(1).window()).isEqualTo(window);
    tell(1, TUESDAY.plusSeconds(30_000), null);
    assertThat(history.since(TUESDAY))
        .extracting(Standing::reason)
        .containsExactly(CounterReason.NO_WINDOW);
  }

  @Test
  void nearAnEdgeItMayBeTheCounterOfTheOtherWindow() {
    Window window = new Window(MONDAY, TUESDAY, MONDAY);
    Instant sure = MONDAY.plus(CounterMargins.LATE_RESET);
    tell(5, sure.minusSeconds(1), window);
    assertThat(reasons(MONDAY)).containsExactly(CounterReason.WINDOW_EDGE);
    tell(5, sure, window);
    assertThat(reasons(MONDAY)).containsOnlyNulls().hasSize(1);
    tell(5, TUESDAY.minusSeconds(90), window);
    assertThat(reasons(MONDAY)).containsOnlyNulls().hasSize(1);
    tell(5, TUESDAY.minusSeconds(89), window);
    assertThat(reasons(MONDAY)).containsExactly(CounterReason.WINDOW_EDGE);
  }

  @Test
  void whatWasLeftOfTheWindowBeforeIsNoPeak() {
    Window window = new Window(MONDAY, TUESDAY, MONDAY);
    tell(1_000, MONDAY.plusSeconds(300), window);
    tell(1, MONDAY.plusSeconds(2_000), window);
    assertThat(reasons(MONDAY)).containsOnlyNulls().hasSize(1);
  }

  @Test
  void aCounterForEverThatOnceHadAPeriodCannotBeKnown() {
    tell(1, MONDAY.plusSeconds(30_000), FIRST);
    tell(2, TUESDAY.plusSeconds(30_000), new Window(BORN, null, BORN));
    assertThat(reasons(TUESDAY)).containsExactly(CounterReason.FIRST_WINDOW);
  }

  private void tell(long amount, Instant at, Window window) {
    history.add(new ToldCounter("team", "t", CounterDimension.COST, amount, at, window));
  }

  private List<CounterReason> reasons(Instant since) {
    return history.since(since).stream().map(Standing::reason).collect(Collectors.toList());
  }
}
