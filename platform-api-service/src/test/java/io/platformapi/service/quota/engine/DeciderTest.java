package io.platformapi.service.quota.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeciderTest {
  private static final Instant NOW = Instant.parse("2026-11-25T20:14:59Z");

  @Test
  void whatFitsBesideUsedAndHeldIsGrantedToTheLastUnit() {
    Quota quota = requests(10, QuotaMode.ENFORCE);
    BalanceSheet sheet = sheet(quota, 4, 3);
    assertThat(sheet.take(want(quota, 4), NOW).granted()).isFalse();
    Decision decision = sheet.take(want(quota, 3), NOW);
    assertThat(decision.granted()).isTrue();
    assertThat(decision.states().get(0).balance().held()).isEqualTo(6);
    assertThat(decision.states().get(0).remaining()).isZero();
    assertThat(sheet.take(want(quota, 1), NOW).granted()).isFalse();
    assertThat(sheet.changes()).containsExactly(new BalanceChange(key(quota), null, 0, 3));
  }

  @Test
  void whoMakesNoEstimateGetsNothingFromAnExhaustedQuota() {
    Quota quota = requests(10, QuotaMode.ENFORCE);
    assertThat(sheet(quota, 9, 0).take(want(quota, 0), NOW).granted()).isTrue();
    assertThat(sheet(quota, 9, 1).take(want(quota, 0), NOW).granted()).isFalse();
    assertThat(sheet(quota, 99, 0).take(want(quota, 0), NOW).granted()).isFalse();
    Quota nothing = requests(0, QuotaMode.ENFORCE);
    assertThat(sheet(nothing, 0, 0).take(want(nothing, 0), NOW).granted()).isFalse();
  }

  @Test
  void allQuotasAreTakenOrNone() {
    Quota wide = requests(100, QuotaMode.ENFORCE);
    Quota narrow = requests(5, QuotaMode.ENFORCE);
    BalanceSheet sheet = new BalanceSheet(List.of());
    List<Demand> demands =
        List.of(new Demand(wide, key(wide), 6), new Demand(narrow, key(narrow), 6));
    Decision refused = sheet.take(demands, NOW);
    assertThat(refused.refusing()).extracting(r -> r.state().quota()).containsExactly(narrow);
    assertThat(sheet.changes()).isEmpty();
    assertThat(sheet.get(key(wide)).held()).isZero();
  }

  @Test
  void theRefusingQuotaOfTheLowestPriorityIsNamedFirst() {
    Quota late = Quotas.with(requests(1, QuotaMode.ENFORCE), 200);
    Quota early = Quotas.with(requests(1, QuotaMode.ENFORCE), 5);
    List<Demand> demands =
        List.of(new Demand(late, key(late), 2), new Demand(early, key(early), 2));
    Decision refused = new BalanceSheet(List.of()).take(demands, NOW);
    assertThat(refused.refusing()).extracting(r -> r.state().quota()).containsExactly(early, late);
  }

  @Test
  void warnAndOffNeverRefuseAndHoldAllTheSame() {
    for (QuotaMode mode : List.of(QuotaMode.WARN, QuotaMode.OFF)) {
      Quota quota = requests(10, mode);
      Decision decision = sheet(quota, 50, 0).take(want(quota, 7), NOW);
      assertThat(decision.granted()).isTrue();
      assertThat(decision.states().get(0).balance().held()).isEqualTo(7);
      assertThat(decision.states().get(0).remaining()).isZero();
    }
  }

  @Test
  void noSumEverOverflows() {
    for (QuotaMode mode : QuotaMode.values()) {
      Quota quota = requests(Long.MAX_VALUE, mode);
      BalanceSheet sheet = new BalanceSheet(List.of());
      long held = 0;
      for (int i = 0; i < 5; i++) {
        if (sheet.take(want(quota, Long.MAX_VALUE / 4), NOW).granted()) {
          held = Math.addExact(held, Long.MAX_VALUE / 4);
        }
      }
      assertThat(sheet.get(key(quota)).held()).isEqualTo(held).isPositive();
      assertThat(sheet.take(want(quota, Long.MAX_VALUE), NOW).granted()).isFalse();
      assertThat(sheet(quota, Long.MAX_VALUE, Long.MAX_VALUE).take(want(quota, 1), NOW).granted())
          .isFalse();
    }
  }

  @Test
  void aRefusalTellsWhetherHoldsOrUsageAreInTheWay() {
    Quota quota = requests(10, QuotaMode.ENFORCE);
    assertThat(refusal(quota, 0, 8, 5).onlyHolds()).isTrue();
    assertThat(refusal(quota, 8, 0, 5).onlyHolds()).isFalse();
    assertThat(refusal(quota, 8, 0, 5).everPossible()).isTrue();
    assertThat(refusal(quota, 0, 0, 11).everPossible()).isFalse();
  }

  @Test
  void neverGrantsMoreThanTheLimitWhateverIsAsked() {
    for (long seed = 1; seed <= 500; seed++) {
      Random random = new Random(seed);
      List<Quota> quotas = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        quotas.add(requests(random.nextInt(200), QuotaMode.ENFORCE));
      }
      BalanceSheet sheet = new BalanceSheet(List.of());
      Map<Quota, Long> granted = new HashMap<>();
      for (int i = 0; i < 100; i++) {
        List<Demand> demands = new ArrayList<>();
        for (Quota quota : quotas) {
          if (random.nextBoolean()) {
            demands.add(new Demand(quota, key(quota), random.nextInt(20)));
          }
        }
        boolean possible =
            demands.stream()
                .allMatch(
                    d ->
                        granted.getOrDefault(d.quota(), 0L) + Math.max(1, d.amount())
                            <= d.quota().limit());
        assertThat(sheet.take(demands, NOW).granted()).as("seed %d", seed).isEqualTo(possible);
        if (possible) {
          demands.forEach(d -> granted.merge(d.quota(), d.amount(), Long::sum));
        }
      }
      granted.forEach((quota, sum) -> assertThat(sum).isLessThanOrEqualTo(quota.limit()));
    }
  }

  @Test
  void eachThresholdIsToldOnceAndTheLimitToo() {
    Quota quota = Quotas.with(requests(1000, QuotaMode.ENFORCE), 100, 50, 80);
    assertThat(due(quota, balance(quota, 499, Told.NOTHING), false)).isEmpty();
    assertThat(due(quota, balance(quota, 500, Told.NOTHING), false)).containsExactly(50);
    assertThat(due(quota, balance(quota, 900, Told.NOTHING), false)).containsExactly(50, 80);
    assertThat(due(quota, balance(quota, 900, new Told(50, false, NOW)), false))
        .containsExactly(80);
    assertThat(due(quota, balance(quota, 1000, new Told(80, false, NOW)), false))
        .containsExactly(0);
    assertThat(due(quota, balance(quota, 10, Told.NOTHING), true)).containsExactly(0);
    assertThat(due(quota, balance(quota, 10, new Told(0, true, NOW)), true)).isEmpty();
  }

  @Test
  void aRollingWindowTellsAgainAfterItsLength() {
    Quota quota =
        Quotas.with(
            Quotas.of(QuotaDimension.REQUESTS, QuotaWindow.rolling(Duration.ofHours(1)), 10),
            100,
            50);
    Told told = new Told(50, false, NOW.minus(Duration.ofMinutes(59)));
    assertThat(due(quota, balance(quota, 6, told), false)).isEmpty();
    told = new Told(50, false, NOW.minus(Duration.ofMinutes(60)));
    assertThat(due(quota, balance(quota, 6, told), false)).containsExactly(50);
  }

  @Test
  void percentsOfTheLargestLimitsAreExact() {
    Quota quota = requests(Long.MAX_VALUE, QuotaMode.ENFORCE);
    assertThat(quota.percent(100)).isEqualTo(Long.MAX_VALUE);
    assertThat(quota.percent(1)).isEqualTo(92233720368547759L);
    assertThat(requests(10, QuotaMode.ENFORCE).percent(95)).isEqualTo(10);
    assertThat(requests(10, QuotaMode.ENFORCE).percent(90)).isEqualTo(9);
  }

  private static List<Integer> due(Quota quota, Balance balance, boolean refused) {
    return Alert.due(new QuotaState(quota, balance, NOW), refused).stream()
        .map(Alert::threshold)
        .toList();
  }

  private static Balance balance(Quota quota, long used, Told told) {
    return new Balance(key(quota), used, 0, 1, told);
  }

  private static Decision.Refusal refusal(Quota quota, long used, long held, long amount) {
    return sheet(quota, used, held).take(want(quota, amount), NOW).refusing().get(0);
  }

  private static Quota requests(long limit, QuotaMode mode) {
    return Quotas.quota(
        QuotaDimension.REQUESTS, QuotaSelector.TENANT, QuotaWindow.of(WindowKind.DAY), limit, mode);
  }

  private static BalanceKey key(Quota quota) {
    return new BalanceKey(quota.id(), "", quota.window().id(NOW));
  }

  private static List<Demand> want(Quota quota, long amount) {
    return List.of(new Demand(quota, key(quota), amount));
  }

  private static BalanceSheet sheet(Quota quota, long used, long held) {
    return new BalanceSheet(List.of(new Balance(key(quota), used, held, 1, Told.NOTHING)));
  }
}
