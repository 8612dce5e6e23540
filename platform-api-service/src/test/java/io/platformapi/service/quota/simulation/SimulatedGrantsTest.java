package io.platformapi.service.quota.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.quota.engine.Decision;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaGrant;
import io.platformapi.service.quota.engine.QuotaMode;
import io.platformapi.service.quota.engine.QuotaSelector;
import io.platformapi.service.quota.engine.QuotaState;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.Quotas;
import io.platformapi.service.quota.engine.WindowKind;
import io.platformapi.service.usage.GeneratedCalls;
import io.platformapi.service.usage.LedgerCall;
import io.platformapi.service.usage.LedgerScope;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Grants in simulations, on a quota of ten calls. */
class SimulatedGrantsTest {
  private static final Instant MONDAY = Instant.parse("2026-10-05T00:00:00Z");
  private static final Instant TUESDAY = MONDAY.plus(Duration.ofDays(1));
  private static final Instant WEDNESDAY = TUESDAY.plus(Duration.ofDays(1));
  private static final Quota TEN_A_DAY =
      Quotas.of(QuotaDimension.REQUESTS, QuotaWindow.of(WindowKind.DAY), 10);

  private final GeneratedCalls calls = new GeneratedCalls(1);

  @Test
  void whatRollsOverIsUsedOnceOverAllWindows() {
    QuotaSimulation simulation = simulation(MONDAY, grant(1, 5, MONDAY, QuotaWindow.END, 100));
    assertThat(granted(simulation, MONDAY, 13)).isEqualTo(13);
    assertThat(granted(simulation, TUESDAY, 20)).isEqualTo(12);
    assertThat(granted(simulation, WEDNESDAY, 20)).isEqualTo(10);
  }

  @Test
  void whatEndsWithItsWindowIsLost() {
    Instant end = QuotaGrant.end(TEN_A_DAY.window(), MONDAY, null, false);
    QuotaSimulation simulation = simulation(MONDAY, grant(1, 5, MONDAY, end, 100));
    assertThat(granted(simulation, MONDAY, 13)).isEqualTo(13);
    assertThat(granted(simulation, TUESDAY, 20)).isEqualTo(10);
  }

  @Test
  void aGrantCountsInItsTimeAndWhatItGaveStays() {
    Instant noon = MONDAY.plus(Duration.ofHours(12));
    Instant evening = MONDAY.plus(Duration.ofHours(18));
    QuotaSimulation simulation = simulation(MONDAY, grant(1, 5, noon, evening, 100));
    assertThat(granted(simulation, MONDAY, 12)).isEqualTo(10);
    assertThat(granted(simulation, noon, 3)).isEqualTo(3);
    Decision refused = simulation.decide(call(evening));
    QuotaState state = refused.refusing().get(0).state();
    assertThat(List.of(state.quota().limit(), state.granted(), state.remaining()))
        .containsExactly(10L, 3L, 0L);
    assertThat(granted(simulation, TUESDAY, 12)).isEqualTo(10);
  }

  @Test
  void severalAreDrawnInTheirOrder() {
    // The second is drawn first, and only what it has left is lost.
    QuotaSimulation simulation =
        simulation(
            MONDAY, grant(1, 5, MONDAY, QuotaWindow.END, 100), grant(2, 4, MONDAY, TUESDAY, 50));
    assertThat(granted(simulation, MONDAY, 13)).isEqualTo(13);
    assertThat(granted(simulation, TUESDAY, 20)).isEqualTo(15);
    simulation =
        simulation(
            MONDAY, grant(1, 5, MONDAY, QuotaWindow.END, 50), grant(2, 4, MONDAY, TUESDAY, 100));
    assertThat(granted(simulation, MONDAY, 13)).isEqualTo(13);
    assertThat(granted(simulation, TUESDAY, 20)).isEqualTo(12);
  }

  @Test
  void onlyWhatThePresentWindowMadeBeforeThePeriodDraws() {
    // Another quota has calls of the month read. What Monday drew is in what is told.
    QuotaGrant grant = grant(1, 9, MONDAY, QuotaWindow.END, 100);
    QuotaSimulation simulation =
        new QuotaSimulation(
            List.of(TEN_A_DAY, Quotas.of(QuotaDimension.REQUESTS, month(), 1000)),
            List.of(grant),
            Map.of(grant.total(""), 2L),
            TUESDAY.plus(Duration.ofHours(1)));
    made(simulation, MONDAY, 17);
    made(simulation, TUESDAY, 14);
    assertThat(granted(simulation, TUESDAY.plus(Duration.ofHours(1)), 20)).isEqualTo(3);
    assertThat(granted(simulation, WEDNESDAY, 20)).isEqualTo(10);
  }

  @Test
  void aLifetimeDrawsAllInItsOneWindow() {
    Quota ever = Quotas.of(QuotaDimension.REQUESTS, QuotaWindow.of(WindowKind.LIFETIME), 10);
    QuotaSimulation simulation =
        new QuotaSimulation(
            List.of(ever),
            List.of(new QuotaGrant(id(1), ever.id(), null, 5, TUESDAY, QuotaWindow.END, 100)),
            Map.of(),
            TUESDAY);
    made(simulation, MONDAY, 9);
    assertThat(granted(simulation, TUESDAY, 3)).isEqualTo(3);
    assertThat(granted(simulation, WEDNESDAY, 20)).isEqualTo(3);
  }

  @Test
  void windowsThatAreOverAreForgottenAndWhatTheyDrewIsNot() {
    Quota each =
        Quotas.quota(
            QuotaDimension.REQUESTS,
            QuotaSelector.of(Map.of(LedgerScope.API_KEY, QuotaSelector.EACH)),
            QuotaWindow.of(WindowKind.MINUTE),
            1,
            QuotaMode.ENFORCE);
    QuotaGrant grant = new QuotaGrant(id(1), each.id(), null, 50, MONDAY, QuotaWindow.END, 100);
    QuotaSimulation simulation =
        new QuotaSimulation(List.of(each), List.of(grant), Map.of(), MONDAY);
    Map<String, Long> refusals = new TreeMap<>();
    for (int i = 0; i < 5_000; i++) {
      UsageRecord call = calls.call(MONDAY.plusSeconds(3L * i));
      boolean granted = simulation.decide(LedgerCall.of(call)).granted();
      String name = LedgerScope.API_KEY.nameOf(call);
      if (name != null) {
        refusals.merge(name, granted ? 0L : 1L, Long::sum);
      }
      // Of each name at most its window, what that has drawn, and what all have drawn.
      assertThat(simulation.balances()).isLessThanOrEqualTo(3 * refusals.size());
    }
    assertThat(refusals).hasSizeBetween(5, 12);
    assertThat(refusals.values()).filteredOn(refused -> refused > 500).hasSize(5);
    assertThat(simulation.balances()).isGreaterThan(refusals.size());
  }

  private static QuotaSimulation simulation(Instant from, QuotaGrant... grants) {
    return new QuotaSimulation(List.of(TEN_A_DAY), List.of(grants), Map.of(), from);
  }

  private static QuotaWindow month() {
    return QuotaWindow.of(WindowKind.MONTH);
  }

  private static QuotaGrant grant(int id, long amount, Instant from, Instant until, int priority) {
    return new QuotaGrant(id(id), TEN_A_DAY.id(), null, amount, from, until, priority);
  }

  private static UUID id(int number) {
    return new UUID(0, number);
  }

  private LedgerCall call(Instant at) {
    return LedgerCall.of(calls.call(at));
  }

  private void made(QuotaSimulation simulation, Instant at, int number) {
    for (int i = 0; i < number; i++) {
      simulation.made(call(at.plusSeconds(i)));
    }
  }

  /** How many of so many calls, one each second, are granted. */
  private int granted(QuotaSimulation simulation, Instant at, int number) {
    List<Decision> granted = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      Decision decision = simulation.decide(call(at.plusSeconds(i)));
      if (decision.granted()) {
        granted.add(decision);
      }
    }
    return granted.size();
  }
}
